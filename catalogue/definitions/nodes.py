"""The tree. Frozen values that engines can trust: `parse` builds them, nobody else reads input.

Every node is immutable and hashable. A node that breaks a rule of the language cannot be built:
`__post_init__` refuses it with a `DefinitionError`, so engines never check user input again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Literal

Subject = Literal["customer", "account"]
Unit = Literal["second", "minute", "hour", "day", "week", "month", "quarter", "year"]
CalendarUnit = Literal["day", "week", "month", "quarter", "year"]

# A value as written in a definition: text, a number, true/false. Numbers are int or finite float.
Scalar = str | int | float | bool
# `trait`, `prop`: ("company", "size", "seats") reaches into objects.
Path = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Duration:
    """`count` whole units, count ≥ 1. second … week are exact, month … year follow the calendar."""

    count: int
    unit: Unit


# ── windows ────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class InLast:
    """[now − N, now]"""

    duration: Duration


@dataclass(frozen=True, slots=True, kw_only=True)
class OlderThan:
    """(−∞, now − N)"""

    duration: Duration


@dataclass(frozen=True, slots=True, kw_only=True)
class InNext:
    """(now, now + N]; only for traits and properties."""

    duration: Duration


@dataclass(frozen=True, slots=True, kw_only=True)
class AgoToAgo:
    """`from: A ago, to: B ago`: [now − A, now − B]"""

    start: Duration
    end: Duration


@dataclass(frozen=True, slots=True, kw_only=True)
class FromTo:
    """`from: t, to: u`: [t, u]. Bounds as written: a local date, or an instant (see DateLiteral)."""

    start: DateLiteral
    end: DateLiteral


@dataclass(frozen=True, slots=True, kw_only=True)
class Since:
    """[first instant of D, now]"""

    start: DateLiteral


@dataclass(frozen=True, slots=True, kw_only=True)
class BetweenDates:
    """[first instant of D, first instant of the day after E)"""

    first: date
    last: date


@dataclass(frozen=True, slots=True, kw_only=True)
class SinceStartOfDay:
    """[00:00 local n days ago, now]; events only; 0 = today"""

    days_ago: int


@dataclass(frozen=True, slots=True, kw_only=True)
class During:
    """[start, end) of the last, this or next local calendar unit; weeks start on Monday."""

    which: Literal["last", "this", "next"]
    unit: CalendarUnit


Window = (
    InLast | OlderThan | InNext | AgoToAgo | FromTo | Since | BetweenDates | SinceStartOfDay | During
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DateLiteral:
    """A date as written. Exactly one of: `day` (a plain local date), `local` (a local time without
    offset, naive), `instant` (aware UTC), `word` (today, yesterday, tomorrow)."""

    day: date | None = None
    local: datetime | None = None
    instant: datetime | None = None
    word: Literal["today", "yesterday", "tomorrow"] | None = None


# ── terms: one operator on one value ───────────────────────────────────────────────────────


class Operator(StrEnum):
    """Every operator a trait, property or list element may carry."""

    IS = "is"
    IS_NOT = "is_not"
    IN = "in"
    NOT_IN = "not_in"
    GT = "gt"
    GTE = "gte"
    LT = "lt"
    LTE = "lte"
    BETWEEN = "between"
    NOT_BETWEEN = "not_between"
    CONTAINS = "contains"
    NOT_CONTAINS = "not_contains"
    STARTS_WITH = "starts_with"
    NOT_STARTS_WITH = "not_starts_with"
    ENDS_WITH = "ends_with"
    NOT_ENDS_WITH = "not_ends_with"
    MATCHES = "matches"
    NOT_MATCHES = "not_matches"
    IS_SET = "is_set"
    IS_EMPTY = "is_empty"
    HAS_ANY = "has_any"
    HAS_ALL = "has_all"
    HAS_NONE = "has_none"
    ITEM = "item"
    BEFORE = "before"
    AFTER = "after"
    ON = "on"
    # Dates in a window: the operand is the Window (in_last, in_next, older_than, since,
    # between_dates, during).
    WITHIN = "within"
    ANNIVERSARY_ON = "anniversary_on"
    ANNIVERSARY_IN_NEXT = "anniversary_in_next"


# Negative operators are the exact complement of their twin, so true on missing (clause 4).
POSITIVE_TWIN: dict[Operator, Operator] = {
    Operator.IS_NOT: Operator.IS,
    Operator.NOT_IN: Operator.IN,
    Operator.NOT_BETWEEN: Operator.BETWEEN,
    Operator.NOT_CONTAINS: Operator.CONTAINS,
    Operator.NOT_STARTS_WITH: Operator.STARTS_WITH,
    Operator.NOT_ENDS_WITH: Operator.ENDS_WITH,
    Operator.NOT_MATCHES: Operator.MATCHES,
    Operator.HAS_NONE: Operator.HAS_ANY,
}

# What an operand is: a scalar (is, contains, gt …), a tuple of scalars (in, has_*; between: low,
# high), a bool (is_set, is_empty), a DateLiteral (before, after, on, anniversary_on), a Window
# (within), a Duration (anniversary_in_next) or a tuple of Terms (item).
Operand = Scalar | tuple[Scalar, ...] | DateLiteral | Window | Duration | tuple["Term", ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """`{trait|prop: path, <operator>: operand}`."""

    path: Path
    operator: Operator
    operand: Operand


class Comparator(StrEnum):
    """How a count or aggregate is compared."""

    EQ = "eq"
    NEQ = "neq"
    GT = "gt"
    GTE = "gte"
    LT = "lt"
    LTE = "lte"
    BETWEEN = "between"


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """`gte: 3`; `high` only for between, which includes both ends. The bound of min and max is
    a number too; bounds are finite."""

    comparator: Comparator
    bound: int | float
    high: int | float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EventSelector:
    """Which events: exact `names` and `prefixes` (`test_*` is the prefix `test_`), counted
    together; all terms of `where` hold on the same event."""

    names: tuple[str, ...] = ()
    prefixes: tuple[str, ...] = ()
    where: tuple[Term, ...] = ()


# ── nodes ──────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class All:
    """Every child is true. At least one child."""

    children: tuple[Node, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Any:
    """At least one child is true. At least one child."""

    children: tuple[Node, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class None_:
    """No child is true. At least one child."""

    children: tuple[Node, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Not:
    """The exact complement within the population."""

    child: Node


@dataclass(frozen=True, slots=True, kw_only=True)
class Everyone:
    """The whole population."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trait:
    """One operator on the value of a trait at `now`."""

    term: Term


@dataclass(frozen=True, slots=True, kw_only=True)
class Did:
    """At least one such event in the window, and, if given, a number of them that `times` allows."""

    events: EventSelector
    times: tuple[Comparison, ...] = ()
    window: Window | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DidNot:
    """The complement of `Did` without times."""

    events: EventSelector
    window: Window | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """The number of such events in the window, zero included, compares."""

    events: EventSelector
    comparison: Comparison
    window: Window | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstDid:
    """The earliest such event over all history up to now lies in the window (none: at any time)."""

    events: EventSelector
    window: Window | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LastDid:
    """The newest such event over all history up to now lies in the window (none: at any time)."""

    events: EventSelector
    window: Window | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Aggregate:
    """sum, avg, min, max or count_distinct of a property over such events compares."""

    function: Literal["sum", "avg", "min", "max", "count_distinct"]
    prop: Path
    events: EventSelector
    comparison: Comparison
    window: Window | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InSegment:
    """Membership of another segment, judged at the same now; `part` names a part of it."""

    key: str
    part: str | None = None


Group = All | Any | None_ | Not
Condition = Everyone | Trait | Did | DidNot | Count | FirstDid | LastDid | Aggregate | InSegment
Node = Group | Condition


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """Who belongs: the tree, whose members it picks, and the zone of its calendar."""

    where: Node
    subject: Subject = "customer"
    timezone: str = "UTC"


def children(node: Node) -> tuple[Node, ...]:
    """The child nodes of a group, in order; none for a condition."""
    if isinstance(node, Not):
        return (node.child,)
    if isinstance(node, All | Any | None_):
        return node.children
    return ()


def walk(node: Node) -> Iterator[Node]:
    """The node and everything below it, parents before children."""
    yield node
    for child in children(node):
        yield from walk(child)
