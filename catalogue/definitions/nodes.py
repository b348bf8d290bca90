"""The tree. Frozen values that engines can trust: `parse` builds them, nobody else reads input.

Every node is immutable and hashable. A node that breaks a rule of the language cannot be built:
`__post_init__` refuses it with a `DefinitionError`, so engines never check user input again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from catalogue.definitions import rules
from catalogue.definitions.account_nodes import AccountMembers as AccountMembers
from catalogue.definitions.account_nodes import AccountTrait as AccountTrait
from catalogue.definitions.account_nodes import Customers as Customers
from catalogue.definitions.account_nodes import HowMany as HowMany
from catalogue.definitions.held import Held as Held
from catalogue.definitions.measures import EventMeasure as EventMeasure
from catalogue.definitions.measures import Measure as Measure
from catalogue.definitions.measures import TraitMeasure as TraitMeasure
from catalogue.definitions.ranks import Bottom as Bottom
from catalogue.definitions.ranks import Rank as Rank
from catalogue.definitions.ranks import Top as Top
from catalogue.definitions.samples import Sample as Sample
from catalogue.definitions.shares import Share as Share
from catalogue.definitions.spans import AgoToAgo as AgoToAgo
from catalogue.definitions.spans import BetweenDates as BetweenDates
from catalogue.definitions.spans import CalendarUnit as CalendarUnit
from catalogue.definitions.spans import DateLiteral as DateLiteral
from catalogue.definitions.spans import Duration as Duration
from catalogue.definitions.spans import During as During
from catalogue.definitions.spans import FromTo as FromTo
from catalogue.definitions.spans import InLast as InLast
from catalogue.definitions.spans import InNext as InNext
from catalogue.definitions.spans import OlderThan as OlderThan
from catalogue.definitions.spans import Since as Since
from catalogue.definitions.spans import SinceStartOfDay as SinceStartOfDay
from catalogue.definitions.spans import Unit as Unit
from catalogue.definitions.spans import Window as Window
from catalogue.definitions.spans import check_event_window as _check_event_window
from catalogue.definitions.terms import POSITIVE_TWIN as POSITIVE_TWIN
from catalogue.definitions.terms import Comparator as Comparator
from catalogue.definitions.terms import Comparison as Comparison
from catalogue.definitions.terms import EventSelector as EventSelector
from catalogue.definitions.terms import Operand as Operand
from catalogue.definitions.terms import Operator as Operator
from catalogue.definitions.terms import Path as Path
from catalogue.definitions.terms import Scalar as Scalar
from catalogue.definitions.terms import Term as Term
from catalogue.definitions.terms import listed_count as listed_count
from catalogue.definitions.walks import ActiveDays as ActiveDays
from catalogue.definitions.walks import DroppedOff as DroppedOff
from catalogue.definitions.walks import Latest as Latest
from catalogue.definitions.walks import Periods as Periods
from catalogue.definitions.walks import Regularly as Regularly
from catalogue.definitions.walks import Resumed as Resumed
from catalogue.definitions.walks import Sequence as Sequence
from catalogue.definitions.walks import Step as Step
from catalogue.definitions.walks import Stopped as Stopped
from catalogue.definitions.walks import Walk as Walk

Subject = Literal["customer", "account"]


@dataclass(frozen=True, slots=True, kw_only=True)
class All:
    """Every child is true. At least one child."""

    children: tuple[Node, ...]

    def __post_init__(self) -> None:
        rules.check_group(self.children)


@dataclass(frozen=True, slots=True, kw_only=True)
class Any:
    """At least one child is true. At least one child."""

    children: tuple[Node, ...]

    def __post_init__(self) -> None:
        rules.check_group(self.children)


@dataclass(frozen=True, slots=True, kw_only=True)
class None_:
    """No child is true. At least one child."""

    children: tuple[Node, ...]

    def __post_init__(self) -> None:
        rules.check_group(self.children)


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
    """At least one such event in the window and, if given, as many as `times` allows."""

    events: EventSelector
    times: tuple[Comparison, ...] = ()
    window: Window | None = None

    def __post_init__(self) -> None:
        # A mapping has no order, so neither have several comparisons.
        ordered = sorted(self.times, key=lambda one: list(Comparator).index(one.comparator))
        object.__setattr__(self, "times", tuple(ordered))
        rules.check_times([(one.comparator, one.bound, one.high) for one in ordered])
        _check_event_window(self.window)


@dataclass(frozen=True, slots=True, kw_only=True)
class DidNot:
    """The complement of `Did` without times."""

    events: EventSelector
    window: Window | None = None

    def __post_init__(self) -> None:
        _check_event_window(self.window)


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """The number of such events in the window, zero included, compares."""

    events: EventSelector
    comparison: Comparison
    window: Window | None = None

    def __post_init__(self) -> None:
        _check_event_window(self.window)


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstDid:
    """The earliest such event over all history up to now lies in the window (none: at any time)."""

    events: EventSelector
    window: Window | None = None

    def __post_init__(self) -> None:
        _check_event_window(self.window)


@dataclass(frozen=True, slots=True, kw_only=True)
class LastDid:
    """The newest such event over all history up to now lies in the window (none: at any time)."""

    events: EventSelector
    window: Window | None = None

    def __post_init__(self) -> None:
        _check_event_window(self.window)


@dataclass(frozen=True, slots=True, kw_only=True)
class Aggregate:
    """sum, avg, min, max or count_distinct of a property over such events compares."""

    function: Literal["sum", "avg", "min", "max", "count_distinct"]
    prop: Path
    events: EventSelector
    comparison: Comparison
    window: Window | None = None

    def __post_init__(self) -> None:
        rules.check_path(self.prop)
        _check_event_window(self.window)


@dataclass(frozen=True, slots=True, kw_only=True)
class InSegment:
    """Membership of another segment, judged at the same now; `part` names a part of it."""

    key: str
    part: str | None = None

    def __post_init__(self) -> None:
        rules.check_key(self.key)
        if self.part is not None:
            rules.check_part(self.part)

    @property
    def target(self) -> str:
        """What is judged for it: the key of the segment, or that of its part (`key#part`)."""
        return self.key if self.part is None else part_key(self.key, self.part)


def part_key(key: str, part: str) -> str:
    """How a part of a segment is named in files and among what is judged."""
    return f"{key}#{part}"


Group = All | Any | None_ | Not
OfAccounts = AccountTrait | AccountMembers | Customers
Condition = (
    Everyone
    | Trait
    | Did
    | DidNot
    | Count
    | FirstDid
    | LastDid
    | Aggregate
    | Walk
    | InSegment
    | Held
    | Top
    | Bottom
    | Sample
    | OfAccounts
)
Node = Group | Condition
# What may stand in a segment of accounts; everything but the last may in one of customers too.
ABOUT_ACCOUNTS = (All, Any, None_, Not, Everyone, Trait, InSegment, Customers)


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """Who belongs: the tree, whose members it picks, and the zone of its calendar."""

    where: Node
    subject: Subject = "customer"
    timezone: str = "UTC"

    def __post_init__(self) -> None:
        found = list(walk(self.where))
        rules.check_subjects(
            may_be_about(type(node), about) for node, about in walk_about(self.where, self.subject)
        )
        rules.check_size(
            depth=_depth(self.where),
            # Each step of a sequence is something to ask, as a condition is.
            count=len(found) + sum(len(one.steps) for one in found if isinstance(one, Sequence)),
            listed=sum(_listed(node) for node in found),
        )


def _depth(node: Node) -> int:
    deepest, level = 0, [node]
    while level:
        deepest += 1
        level = [child for parent in level for child in children(parent)]
    return deepest


def _listed(node: Node) -> int:
    named = sum(len(one.names) + len(one.prefixes) - 1 for one in selections_of(node))
    return named + sum(listed_count(term) for term in terms_of(node))


def terms_of(node: Node) -> tuple[Term, ...]:
    """The terms of a condition: its own, and those its events must meet."""
    if isinstance(node, Trait | Held | AccountTrait):
        return (node.term,)
    of_events = tuple(term for events in selections_of(node) for term in events.where)
    return (*of_events, *node.has) if isinstance(node, Latest) else of_events


def events_of(node: Node) -> EventSelector | None:
    """The events a condition looks at; None when it looks at none, or at several apart."""
    if isinstance(node, Did | DidNot | Count | FirstDid | LastDid | Aggregate):
        return node.events
    if isinstance(node, Stopped | Resumed | Regularly | ActiveDays | Latest):
        return node.events
    if isinstance(node, Top | Bottom) and isinstance(node.by, EventMeasure):
        return node.by.events
    return None


def selections_of(node: Node) -> tuple[EventSelector, ...]:
    """All the events a condition looks at, those of each step and end apart, as written."""
    if isinstance(node, Sequence):
        return tuple(step.events for step in node.steps)
    if isinstance(node, DroppedOff):
        return node.start, node.goal
    events = events_of(node)
    return () if events is None else (events,)


def traits_of(node: Node) -> tuple[Path, ...]:
    """The paths of the traits a condition looks at."""
    if isinstance(node, Trait | Held | AccountTrait):
        return (node.term.path,)
    if isinstance(node, Top | Bottom) and isinstance(node.by, TraitMeasure):
        return (node.by.path,)
    return ()


def children(node: Node) -> tuple[Node, ...]:
    """The child nodes of a group, in order; what a ranking is made among, or what the customers of
    an account are asked; none for other conditions."""
    if isinstance(node, Not):
        return (node.child,)
    if isinstance(node, Top | Bottom):
        return (node.among,)
    if isinstance(node, AccountMembers | Customers):
        return (node.where,)
    if isinstance(node, All | Any | None_):
        return node.children
    return ()


def walk(node: Node) -> Iterator[Node]:
    """The node and everything below it, parents before children."""
    yield node
    for child in children(node):
        yield from walk(child)


def walk_about(node: Node, subject: Subject) -> Iterator[tuple[Node, Subject]]:
    """The node and everything below it, each with whom it is about."""
    yield node, subject
    for child in children(node):
        yield from walk_about(child, about_below(node, subject))


def about_below(node: Node, subject: Subject) -> Subject:
    """Whom the children of a node are about that is itself about `subject`."""
    return "customer" if isinstance(node, AccountMembers | Customers) else subject


def may_be_about(node: type[Node], subject: Subject) -> bool:
    """Whether such a node may stand where `subject` is judged."""
    return node in ABOUT_ACCOUNTS if subject == "account" else node is not Customers
