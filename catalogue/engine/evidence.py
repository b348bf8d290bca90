"""What decided the conditions on one customer: values and when they were said, events and when
they happened. One question for each trait and each selection of events, however many conditions
look at it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal, localcontext
from typing import Literal

import pyarrow as pa

from catalogue.definitions import nodes
from catalogue.definitions.nodes import Node, Path, Subject
from catalogue.definitions.windows import Interval
from catalogue.engine.columns import Values
from catalogue.engine.conditions.aggregates import Columns
from catalogue.engine.conditions.bench import Bench
from catalogue.engine.conditions.dates import DATES
from catalogue.engine.conditions.events import EventCondition, Selection
from catalogue.engine.conditions.held import FIRST_KNOWN
from catalogue.engine.conditions.lists import Criterion
from catalogue.engine.conditions.objects import reach_in
from catalogue.engine.conditions.terms import Frame, criterion
from catalogue.engine.conditions.traits import newest
from catalogue.engine.figures import DIGITS, Amount
from catalogue.engine.grouping import sightings
from catalogue.engine.moving import moves
from catalogue.engine.one_customer import OneCustomer
from catalogue.engine.plan import Formula, Leaf
from catalogue.engine.standings import RankReason, SampleReason
from catalogue.engine.walks.of_one import NOBODY, Told, rows_of
from catalogue.engine.walks.reasons import WalkReason
from catalogue.engine.walks.rows import Rows
from catalogue.warehouse import current
from catalogue.warehouse.connection import fetch
from catalogue.warehouse.tables import EventTable, Tables, TraitChanges

AGGREGATES = ("sum", "avg", "min", "max", "count_distinct")


@dataclass(frozen=True, slots=True, kw_only=True)
class TraitReason:
    """The value at `path` as of now. None is unknown. `since`: from when on it is this value
    without a break; None when that is since ever, or was never said."""

    path: Path
    value: object
    since: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EventsReason:
    """The events up to now that fit the name and `where`. `count` and `newest`: those in the
    window. `first_ever` and `last_ever`: over all history. `figure`: of an aggregate, the sum,
    average (to 6 places), smallest, largest or number of different values; None when there is no
    value."""

    count: int
    newest: datetime | None
    first_ever: datetime | None
    last_ever: datetime | None
    figure: Amount | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldReason:
    """The value at `path` as of now (None is unknown), and whether the operator holds on it.
    `since`: from when on it has held without a break; None when that is not known."""

    path: Path
    value: object
    holds: bool
    since: datetime | None


ByHand = Literal["added", "removed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentReason:
    """Whether the customer is in the segment referred to, and whether by hand."""

    key: str
    is_in: bool
    by_hand: ByHand | None


Reason = (
    TraitReason | EventsReason | SegmentReason | HeldReason | RankReason | SampleReason | WalkReason
)
# Events of one kind, and what they must fit.
Sought = tuple[Selection, frozenset[Criterion]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dated:
    """How a value reads as a date (clause 9): an instant as naive UTC, or a naive local time."""

    moment: datetime | None = None
    local: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Everything that conditions on one customer were decided by; `of_account` of those on its
    account, None without one."""

    said: Mapping[str, list[tuple[datetime | None, object]]]
    dated: Mapping[Path, Dated]
    times: Mapping[Sought, list[datetime]]
    figures: Mapping[EventCondition, Amount | None]
    # The events that decide on order and habit.
    rows: Rows = NOBODY
    begun: Mapping[Criterion, datetime | None] = field(default_factory=dict)
    of_account: Evidence | None = None

    def of_trait(self, path: Path) -> TraitReason:
        """The value of a trait, and since when it is that."""
        value: object = None
        since: datetime | None = None
        for place, (at, whole) in enumerate(self.said.get(path[0], [])):
            reached = reach_in(whole, path[1:])
            if place == 0 or not _same(reached, value):
                value, since = reached, at
        return TraitReason(path=path, value=value, since=None if value is None else since)

    def of_held(self, node: nodes.Held, frame: Frame) -> HeldReason:
        """The value of a trait, and how long an operator has held on it."""
        path, begun = node.term.path, self.begun_at(node, frame)
        return HeldReason(
            path=path,
            value=self.of_trait(path).value,
            holds=begun is not None,
            since=None if begun is None or begun < FIRST_KNOWN else begun,
        )

    def begun_at(self, node: nodes.Held, frame: Frame) -> datetime | None:
        """When the operator began to hold, before FIRST_KNOWN where that is not known; None when it
        does not hold."""
        return self.begun.get(criterion(node.term, frame))

    def of_events(self, condition: EventCondition, window: Interval) -> EventsReason:
        """The events of a condition; `window` is its window as of now."""
        times = self.times[sought(condition)]
        start, end = _place(times, window)
        return EventsReason(
            count=max(end - start, 0),
            newest=times[end - 1] if end > start else None,
            first_ever=times[0] if times else None,
            last_ever=times[-1] if times else None,
            figure=self.figures.get(condition),
        )


def _same(one: object, other: object) -> bool:
    return type(one) is type(other) and one == other


def sought(condition: EventCondition) -> Sought:
    """Which events a condition looks at, whatever its window."""
    return condition.selection, condition.measure.where


def count_within(times: list[datetime], window: Interval) -> int:
    """How many of the ascending times lie in the window."""
    start, end = _place(times, window)
    return max(end - start, 0)


def _place(times: list[datetime], window: Interval) -> tuple[int, int]:
    start = 0 if window.start is None else bisect_left(times, window.start)
    end = len(times) if window.end is None else bisect_left(times, window.end)
    return start, end


def evidence_of(
    conditions: Iterable[tuple[Node, Formula]],
    figures: Mapping[EventCondition, Columns],
    customer: OneCustomer,
    *,
    now: datetime,
    begun: Mapping[Criterion, Columns] | None = None,
    of_account: Evidence | None = None,
) -> Evidence:
    """What the conditions on traits and events among these were decided by as of `now`; `figures`
    and `begun` are what the scans of this customer found."""
    leaves = [(node, one) for node, one in conditions if isinstance(one, Leaf)]
    terms = [node.term for node, _ in leaves if isinstance(node, nodes.Trait)]
    held = {node.term.path[0] for node, _ in leaves if isinstance(node, nodes.Held)}
    on_events = [one.condition for _, one in leaves if isinstance(one.condition, EventCondition)]
    walks = [
        one.condition
        for node, one in leaves
        if isinstance(node, nodes.Walk) and isinstance(one.condition, Told)
    ]
    said = {
        name: current.said(customer, customer.ordinal, name, now=now)
        for name in sorted({term.path[0] for term in terms} | held)
    }
    return Evidence(
        said=said,
        dated=dated_of({term.path for term in terms if moves(term)}, customer, now),
        times=_times(on_events, customer, now),
        figures={
            condition: _figure(columns)
            for condition, columns in figures.items()
            if condition.measure.function in AGGREGATES
        },
        rows=rows_of(walks, customer, now) if walks else NOBODY,
        begun={one: _instant(columns["at"]) for one, columns in (begun or {}).items()},
        of_account=of_account,
    )


def _instant(column: pa.ChunkedArray) -> datetime | None:
    """The instant of the one customer there is, if there is any."""
    at: datetime | None = column[0].as_py() if len(column) else None
    return None if at is None else at.replace(tzinfo=UTC)


def dated_of(
    paths: set[Path], alone: Tables, now: datetime, subject: Subject = "customer"
) -> dict[Path, Dated]:
    """The values at these paths, of the one customer or account there is, as dates."""
    found: dict[Path, Dated] = {}
    for name in sorted({path[0] for path in paths}):
        changes = alone.trait_changes(name, subject)
        if changes is not None:
            wanted = sorted(path for path in paths if path[0] == name)
            found |= _read_dates(wanted, changes, alone, now)
    return found


def _read_dates(
    paths: list[Path], changes: TraitChanges, alone: Tables, now: datetime
) -> dict[Path, Dated]:
    """The values at these paths of one trait, read by the engine's own readings."""
    latest, value = newest(changes, now)
    values = Values(((path, DATES) for path in paths), Bench(alone.connection))
    table, readings = values.spread(latest, ("ordinal",), {paths[0][0]: value})
    columns = {
        f"{kind}{place}": column
        for place, path in enumerate(paths)
        for kind in ("moment", "local")
        if (column := getattr(readings[path], kind)) is not None
    }
    rows = fetch(alone.connection, table.select("ordinal", **columns)).to_pylist()
    return {
        path: Dated(moment=row.get(f"moment{place}"), local=row.get(f"local{place}"))
        for row in rows
        for place, path in enumerate(paths)
    }


def _times(
    conditions: list[EventCondition], customer: OneCustomer, now: datetime
) -> dict[Sought, list[datetime]]:
    """When the events that each condition looks at happened, ascending, up to now."""
    found: dict[Sought, list[datetime]] = {sought(condition): [] for condition in conditions}
    for names, some in _by_names(conditions, customer).items():
        sources = _sources(names, customer)
        if not sources:
            continue
        wheres = list(dict.fromkeys(condition.measure.where for condition in some))
        query = sightings(sources, wheres, now, customer)
        rows = fetch(customer.connection, query).sort_by("at")
        for condition in some:
            fits = rows[f"w{wheres.index(condition.measure.where)}"]
            times = rows["at"].filter(fits).to_pylist()
            found[sought(condition)] = [at.replace(tzinfo=UTC) for at in times]
    return found


def _figure(columns: Columns) -> Amount | None:
    """What an aggregate came to for the one customer there is; None when there is no value."""
    row = {name: column[0].as_py() for name, column in columns.items() if len(column)}
    total: Decimal | None = row.get("sum")
    of: int = row.get("of", 1)
    if total is not None:
        with localcontext(prec=DIGITS):
            return round(total / of, 6)
    figure: Amount | None = row.get("value", row.get("present") or None)
    return figure


def _by_names(
    conditions: list[EventCondition], customer: OneCustomer
) -> dict[frozenset[str], list[EventCondition]]:
    known = customer.event_names()
    found: dict[frozenset[str], list[EventCondition]] = {}
    for condition in conditions:
        found.setdefault(condition.selection.among(known), []).append(condition)
    return found


def _sources(names: frozenset[str], customer: OneCustomer) -> list[EventTable]:
    return [table for name in sorted(names) if (table := customer.events(name)) is not None]
