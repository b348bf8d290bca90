"""What an engine may read: one consistent photo of customers, traits and events as Ibis tables.

Values keep the type they were received with. A trait or property is spread over one column per
kind, at most one of them filled in a row; all empty is a missing value. So a column that was
numbers last week and holds texts today is not rewritten, and typing never changes a value.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import ibis
from pyroaring import BitMap

from catalogue.definitions.nodes import Subject

# The kinds of a value, each with the Arrow type of its column:
#   text     string
#   number   float64 (JSON's number; see docs/decisions on numbers)
#   boolean  bool
#   instant  timestamp[us], naive UTC (from date/time columns; a date is stored as kind `text`)
#   json     string: a list or object as canonical JSON (sorted keys, no blanks)
KINDS = ("text", "number", "boolean", "instant", "json")


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueColumns:
    """One value per row as Ibis columns, one per kind; None where the source has no such kind.

    NaN and infinite numbers never reach a column: they are missing.
    """

    text: ibis.expr.types.StringValue | None = None
    number: ibis.expr.types.FloatingValue | None = None
    boolean: ibis.expr.types.BooleanValue | None = None
    instant: ibis.expr.types.TimestampValue | None = None
    json: ibis.expr.types.StringValue | None = None

    @property
    def names(self) -> tuple[str | None, ...]:
        """What its columns are called, in the order of KINDS."""
        columns = (getattr(self, kind) for kind in KINDS)
        return tuple(None if column is None else column.get_name() for column in columns)


@dataclass(frozen=True, slots=True, kw_only=True)
class EventTable:
    """All rows of one event name. `table` has `ordinal` (int32, merges not yet applied), `at`
    (timestamp[us], naive UTC) and the value columns of `properties`, by property name."""

    table: ibis.expr.types.Table
    properties: Mapping[str, ValueColumns]


# The kinds of values that each property has.
Kinds = Mapping[str, frozenset[str]]


def kinds_of(table: EventTable) -> Kinds:
    """The kinds of values of an event's properties."""
    return {
        name: frozenset(kind for kind in KINDS if getattr(value, kind) is not None)
        for name, value in table.properties.items()
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class TraitChanges:
    """All changes of one trait, of customers or of accounts. `table` has `ordinal` (int32), `at`
    (timestamp[us], naive UTC; year 1 = since ever), `sequence` (int64: of two changes at one
    instant the higher is newer) and the columns of `value`. A change to missing is a row with all
    kinds empty."""

    table: ibis.expr.types.Table
    value: ValueColumns


class Tables(Protocol):
    """One photo. Everything returned describes the same consistent state of the data."""

    @property
    def connection(self) -> ibis.BaseBackend:
        """The back end on which all tables of this photo live."""

    @property
    def has_near_rows(self) -> bool:
        """Whether rows come to this process at little cost, so that it may as well count them."""

    @property
    def customers(self) -> BitMap:
        """Ordinals of the live customers (not deleted, not merged away): the population."""

    @property
    def accounts(self) -> BitMap:
        """Ordinals of the live accounts, in numbers of their own: the population of accounts."""

    @property
    def survivors(self) -> Mapping[int, int]:
        """Merged-away ordinal → the last survivor of its chain (deleted ones may be named)."""

    def event_names(self) -> frozenset[str]:
        """The names of all events ever received."""

    def events(self, name: str) -> EventTable | None:
        """The rows of one event; None when there was never one."""

    def trait_changes(self, name: str, subject: Subject = "customer") -> TraitChanges | None:
        """The changes of one trait of customers, or of accounts; None when there was never one."""

    def account_changes(self) -> ibis.expr.types.Table | None:
        """What was said of whose customer is whose: `ordinal` (int32, of the customer; merges do
        not pass an account on), `at` and `sequence` as of `TraitChanges`, and `account` (int32,
        null: of none from then on). None when it was never said of anybody."""

    def customer_ids(self, ordinals: BitMap) -> dict[int, str]:
        """External id per ordinal, for `sample` and error messages; unknown ordinals are absent."""

    def account_ids(self, ordinals: BitMap) -> dict[int, str]:
        """External id per ordinal of an account; unknown ordinals are absent."""


@runtime_checkable
class Twofold(Protocol):
    """Tables that two threads may read at once. (Methods only: to ask for the class must cost
    nothing.)"""

    def twin(self) -> Tables:
        """The same photo, to be read by another thread, within the same budget."""
