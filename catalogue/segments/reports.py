"""What became of files that were applied, or why none of them was."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from catalogue.definitions.errors import Fault


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One reason why files are refused. `fault` says where in the file; `key` is empty when the
    file could not be read far enough to know it."""

    file: str
    fault: Fault
    key: str = ""

    def sentence(self) -> str:
        """The problem as one line: file:line:column as editors read it, segment, place, what is
        wrong and what to write."""
        whose = f"{self.key}: " if self.key else ""
        return f"{self._place()}: {whose}{self.fault.sentence()}"

    def _place(self) -> str:
        if self.fault.line is None:
            return self.file
        return f"{self.file}:{self.fault.line}:{self.fault.column}"

    def row(self) -> dict[str, object]:
        """The problem as plain data."""
        return {
            "file": self.file,
            "segment": self.key or None,
            "code": str(self.fault.code),
            "message": self.fault.message,
            "suggestion": self.fault.suggestion,
            "pointer": self.fault.pointer,
            "line": self.fault.line,
            "column": self.fault.column,
        }


class FilesRefused(Exception):
    """Files are not applied, none of them; `problems` holds every reason found."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__("\n".join(problem.sentence() for problem in problems))


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """What became of one segment file."""

    key: str
    outcome: Literal["created", "changed", "unchanged"]
    definition_version: int
    is_new_definition: bool
    warnings: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplyReport:
    """What became of all files of one apply, in the order of their keys."""

    segments: list[Applied]
    teams_created: list[str]
    # Addresses without a login yet.
    unknown_owners: list[str]
