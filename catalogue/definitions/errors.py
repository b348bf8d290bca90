"""What is refused, where, and what to write instead."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Code(StrEnum):
    """The refusals a definition can meet; the spelling is part of the contract."""

    EMPTY_DEFINITION = "empty_definition"
    UNKNOWN_CONDITION = "unknown_condition"
    UNKNOWN_OPERATOR = "unknown_operator"
    UNKNOWN_TRAIT = "unknown_trait"
    UNKNOWN_EVENT = "unknown_event"
    BAD_VALUE = "bad_value"
    BAD_WINDOW = "bad_window"
    CYCLE = "cycle"
    MISSING_REFERENCE = "missing_reference"
    TOO_LARGE = "too_large"
    # A definition may be right and still be stopped by its budget while it is judged.
    TOO_EXPENSIVE = "too_expensive"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One refusal: `pointer` is an RFC 6901 JSON pointer into the document, `line`/`column`
    (1-based) are known when it was read from text, `suggestion` is the nearest right spelling."""

    code: Code
    message: str
    pointer: str = ""
    line: int | None = None
    column: int | None = None
    suggestion: str | None = None

    def sentence(self) -> str:
        """The fault as one sentence that a user may read."""
        place = f"{self.pointer or '/'}"
        if self.line is not None:
            place = f"line {self.line}, column {self.column} ({place})"
        hint = f" Did you mean “{self.suggestion}”?" if self.suggestion else ""
        return f"{place}: {self.message}{hint}"


class DefinitionError(Exception):
    """A document or definition is refused; `faults` holds every refusal found, at least one."""

    def __init__(self, *faults: Fault) -> None:
        if not faults:
            raise ValueError("a DefinitionError needs at least one fault")
        self.faults = faults
        super().__init__("\n".join(fault.sentence() for fault in faults))

    @property
    def code(self) -> Code:
        """The code of the first fault."""
        return self.faults[0].code


def refuse(
    code: Code, message: str, pointer: str = "", suggestion: str | None = None
) -> DefinitionError:
    """Make the error for a single fault; the caller raises it."""
    return DefinitionError(
        Fault(code=code, message=message, pointer=pointer, suggestion=suggestion)
    )
