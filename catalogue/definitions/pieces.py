"""A place in a document with the value found there: what all parsers read from."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Literal, TypeVar, cast
from zoneinfo import ZoneInfo

from catalogue.definitions import rules
from catalogue.definitions.documents import step
from catalogue.definitions.errors import Code, DefinitionError, Fault

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """`value` stands at `pointer`; `zone` is that of the definition's calendar; `depth` counts the
    groups (of terms: the items) around it; `about` is who is judged there."""

    value: object
    pointer: str
    zone: ZoneInfo
    depth: int = 1
    about: Literal["customer", "account"] = "customer"

    def fault(self, code: Code, message: str, *, suggestion: str | None = None) -> DefinitionError:
        """A refusal of this piece; the caller raises it."""
        return DefinitionError(
            Fault(code=code, message=message, pointer=self.pointer, suggestion=suggestion)
        )

    def bad(self, message: str, *, suggestion: str | None = None) -> DefinitionError:
        """A refusal of this piece as a bad value; the caller raises it."""
        return self.fault(Code.BAD_VALUE, message, suggestion=suggestion)

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of a mapping, as written; none of anything else."""
        return tuple(self.value) if isinstance(self.value, dict) else ()

    def at(self, key: str) -> Piece:
        """What a key of the mapping holds; nothing (null) when it is not there."""
        value = self.value.get(key) if isinstance(self.value, dict) else None
        return replace(self, value=value, pointer=step(self.pointer, key))

    def deeper(self) -> Piece:
        """This piece inside one more group."""
        if self.depth >= rules.MAX_DEPTH:
            raise self.fault(
                Code.TOO_LARGE, f"Conditions are nested more than {rules.MAX_DEPTH} deep."
            )
        return replace(self, depth=self.depth + 1)

    def shallow(self) -> Piece:
        """This piece, its depth counted from here: terms are not nested in conditions."""
        return replace(self, depth=1)

    def mapping(self, what: str) -> Piece:
        """This piece, which must be a mapping whose keys are text."""
        if not isinstance(self.value, dict):
            raise self.bad(f"{what} must be written as a mapping of keys to values.")
        for key in self.value:
            if not isinstance(key, str):
                raise self.bad(f"The key {key!r} must be text.")
        return self

    def only(self, allowed: Iterable[str], what: str) -> None:
        """Refuse keys of the mapping that are not allowed."""
        allowed = tuple(allowed)
        faults = Faults()
        for key in self.keys:
            if key not in allowed:
                with faults.collecting():
                    raise self.unknown_key(key, allowed, what)
        faults.raise_any()

    def unknown_key(self, key: str, allowed: Iterable[str], what: str) -> DefinitionError:
        """The refusal of a key that nobody knows here."""
        return self.at(key).fault(
            Code.UNKNOWN_OPERATOR,
            f"{what} knows no “{key}”.",
            suggestion=nearest(key, allowed),
        )

    def items(self, what: str) -> list[Piece]:
        """The elements of a list."""
        if not isinstance(self.value, list | tuple):
            raise self.bad(f"{what} must be a list, as in [a, b].")
        return [
            replace(self, value=value, pointer=step(self.pointer, position))
            for position, value in enumerate(self.value)
        ]

    def text(self, what: str) -> str:
        """A text that is not empty."""
        if not isinstance(self.value, str):
            raise self.bad(f"{what} must be text{in_quotes(self.value)}.")
        if not self.value:
            raise self.bad(f"{what} is empty.")
        self.checked(rules.check_text, self.value)
        return self.value

    def flag(self, what: str) -> bool:
        """true or false."""
        if not isinstance(self.value, bool):
            raise self.bad(f"{what} must be true or false, without quotes.")
        return self.value

    def number(self) -> int | float:
        """A finite number, in its shortest form."""
        self.checked(rules.check_number, self.value)
        return shortest(self.value)  # type: ignore[return-value]

    def checked(self, make: Callable[..., T], *args: object, **fields: object) -> T:
        """What `make` returns, its refusals placed here."""
        try:
            return make(*args, **fields)
        except DefinitionError as error:
            raise DefinitionError(
                *(replace(fault, pointer=self.pointer + fault.pointer) for fault in error.faults)
            ) from None


class Faults:
    """Refusals found so far, so that a reader is told all of them at once."""

    def __init__(self) -> None:
        self.found: list[Fault] = []

    @contextmanager
    def collecting(self) -> Iterator[None]:
        """Keep the refusals raised inside and go on."""
        try:
            yield
        except DefinitionError as error:
            self.found += error.faults

    def read(self, parse: Callable[..., T], *args: object) -> T:
        """What `parse` returns. When it refuses, the refusal is kept, and what is returned must not
        be used: `raise_any` comes before."""
        try:
            return parse(*args)
        except DefinitionError as error:
            self.found += error.faults
        return cast("T", None)

    def raise_any(self) -> None:
        """Raise what was found, if anything was."""
        if self.found:
            raise DefinitionError(*self.found)


def every(pieces: Iterable[Piece], read: Callable[[Piece], T]) -> tuple[T, ...]:
    """`read` of each piece; all their refusals together."""
    faults = Faults()
    found = [faults.read(read, piece) for piece in pieces]
    faults.raise_any()
    return tuple(found)


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known spelling most like a word, if one is like it at all."""
    by_lower = {name.lower(): name for name in known}
    # Of two letters, one right one is near enough.
    cutoff = 0.5 if len(word) < 3 else 0.6
    found = difflib.get_close_matches(word.lower(), list(by_lower), n=1, cutoff=cutoff)
    return by_lower[found[0]] if found else None


def shortest(value: object) -> object:
    """A number in its shortest form: 2.0 is 2; whole ones too long to be exact are floats."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    if isinstance(value, int):
        return value if abs(value) <= rules.EXACT_TO else float(value)
    return int(value) if value.is_integer() and abs(value) <= rules.EXACT_TO else value


def in_quotes(value: object) -> str:
    """What to add when a number, true or false stands where text is needed."""
    if isinstance(value, bool):
        return f': put it in quotes, as in "{str(value).lower()}"'
    if isinstance(value, int | float):
        return f': put it in quotes, as in "{value}"'
    return ""
