"""A row of the builder: its fields as typed, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

from catalogue.web.builder.values import Unreadable

T = TypeVar("T")
TRAIT, EVENT, SEGMENT, LOCKED = "trait", "event", "segment", "locked"
KINDS = (TRAIT, EVENT, SEGMENT, LOCKED)
# A row with more terms than this is locked.
MAX_TERMS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """`id` stays with the row wherever it moves; `fields` are texts, as a form has them."""

    id: str
    kind: str
    fields: Mapping[str, str] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """How many fields of a form the row takes: its own, its place and its kind."""
        return len(self.fields) + 2

    def having(self, fields: Mapping[str, str]) -> Row:
        """The row with these fields set."""
        return replace(self, fields={**self.fields, **fields})


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """Something is wrong with a field of a row; of the row as a whole when `field` is empty, of all
    rules together when `row` is."""

    message: str
    row: str = ""
    field: str = ""


class Fields:
    """The fields of a row, or of one of its terms, being read; complaints are collected."""

    def __init__(
        self, row: Row, prefix: str = "", complaints: list[Complaint] | None = None
    ) -> None:
        self.row = row
        self.prefix = prefix
        self.complaints: list[Complaint] = [] if complaints is None else complaints

    def text(self, name: str) -> str:
        """What is typed; "" when there is no such field."""
        return self.row.fields.get(self.prefix + name, "")

    def complain(self, name: str, message: str) -> None:
        """Say what is wrong with a field."""
        self.complaints.append(
            Complaint(message=message, row=self.row.id, field=self.prefix + name)
        )

    def read(self, name: str, how: Callable[[str], T]) -> T | None:
        """What `how` makes of a field; None, with a complaint, when it cannot."""
        try:
            return how(self.text(name))
        except Unreadable as problem:
            self.complain(name, str(problem))
            return None

    def chosen(self, name: str, message: str) -> str:
        """What is chosen; a complaint when nothing is."""
        if not self.text(name):
            self.complain(name, message)
        return self.text(name)

    def terms(self) -> Iterator[Fields]:
        """The terms of the row, in order."""
        for number in term_numbers(self.row):
            yield Fields(self.row, f"w{number}-", self.complaints)


def term_numbers(row: Row) -> list[int]:
    """The numbers of the terms a row has."""
    return [number for number in range(MAX_TERMS) if f"w{number}-name" in row.fields]
