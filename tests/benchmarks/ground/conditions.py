"""Conditions as the ground knows them: small frozen values that every contestant turns into its own
words. `document` is ours: the definition language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from tests.benchmarks.ground.scale import DAY, NOW, YEAR, micros

Figure = Literal["count", "sum", "largest", "first", "last"]
AT_NOW = micros(NOW)
BEGINNING = AT_NOW - 2 * YEAR  # before everything that ever happened


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Between two ages in days, both instants included; without `oldest` everything strictly
    before `newest` days ago; with neither, all up to now."""

    oldest: int | None = None
    newest: int = 0

    @property
    def start(self) -> int:
        """The first microsecond inside."""
        return BEGINNING if self.oldest is None else AT_NOW - self.oldest * DAY

    @property
    def end(self) -> int:
        """The first microsecond after it."""
        last = AT_NOW - self.newest * DAY
        return last if self.oldest is None and self.newest else last + 1

    @property
    def edges(self) -> tuple[int, ...]:
        """The instants where inside and outside meet, as they are written."""
        end = AT_NOW - self.newest * DAY
        return (end,) if self.oldest is None else (self.start, end)

    def document(self) -> dict[str, object]:
        """Its keys in the language."""
        if self.oldest is None:
            return {"older_than": f"{self.newest} days"} if self.newest else {}
        if self.newest:
            return {"from": f"{self.oldest} days ago", "to": f"{self.newest} days ago"}
        return {"in_last": f"{self.oldest} days"}


EVER = Window()


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """A figure of somebody's events of one name, and of one item if that is said. `count` and the
    `sum` and `largest` of the amounts (in cents) in the window compare with `bound` by `sign`; the
    `first` and `last` event of all lies in the window."""

    event: str
    figure: Figure
    window: Window
    sign: Literal[">", ">=", "<"] = ">="
    bound: int = 1
    item: str | None = None

    def document(self) -> dict[str, object]:
        """The node of the language."""
        where = {} if self.item is None else {"where": [{"prop": "item", "is": self.item}]}
        rest = {**where, **self.window.document()}
        comparator = {">": "gt", ">=": "gte", "<": "lt"}[self.sign]
        match self.figure:
            case "first" | "last":
                return {f"{self.figure}_did": self.event, **rest}
            case "sum" | "largest":
                head = {"sum": "sum", "largest": "max"}[self.figure]
                bound = self.bound / 100
                return {head: "amount", "of": self.event, **rest, comparator: bound}
        if self.sign == "<":
            return {"count": self.event, **rest, "lt": self.bound}
        times = {} if self.bound == 1 else {"times": {comparator: self.bound}}
        return {"did": self.event, **times, **rest}

    def document_of_absence(self) -> dict[str, object] | None:
        """The node that says the opposite in one word, if the language has one."""
        if (self.figure, self.sign, self.bound) != ("count", ">=", 1):
            return None
        did = self.document()
        return {"did_not": did.pop("did"), **did}


@dataclass(frozen=True, slots=True, kw_only=True)
class Has:
    """A trait is one of some values, or at least or below a number; or a date lies in so many days
    before (`past`) or after now. None of them holds where the trait is missing."""

    trait: str
    kind: Literal["in", ">=", "<", "past", "next"]
    value: tuple[str, ...] | int | bool

    def document(self) -> dict[str, object]:
        """The node of the language."""
        match self.kind:
            case "in" if isinstance(self.value, tuple) and len(self.value) == 1:
                return {"trait": self.trait, "is": self.value[0]}
            case "in" if isinstance(self.value, tuple):
                return {"trait": self.trait, "in": list(self.value)}
            case "in":
                return {"trait": self.trait, "is": self.value}
            case "past":
                return {"trait": self.trait, "in_last": f"{self.value} days"}
            case "next":
                return {"trait": self.trait, "in_next": f"{self.value} days"}
        return {"trait": self.trait, {">=": "gte", "<": "lt"}[self.kind]: self.value}

    @property
    def span(self) -> tuple[int, int]:
        """Of a date: the first microsecond inside and the first one after it."""
        if self.kind == "past":
            return AT_NOW - int(self.value) * DAY, AT_NOW + 1  # type: ignore[arg-type]
        return AT_NOW + 1, AT_NOW + int(self.value) * DAY + 1  # type: ignore[arg-type]

    @property
    def edges(self) -> tuple[int, ...]:
        """The instants where inside and outside of a date's window meet; none for other kinds."""
        if self.kind not in ("past", "next"):
            return ()
        start, end = self.span
        return (start, end - 1) if self.kind == "past" else (start - 1, end - 1)


Condition = Happened | Has
