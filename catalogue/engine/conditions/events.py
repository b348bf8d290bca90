"""Conditions on events: what is measured over one customer's events, and which measures are in."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from catalogue.definitions import nodes
from catalogue.definitions.nodes import EventSelector, Path
from catalogue.definitions.windows import Interval
from catalogue.engine.conditions.aggregates import Columns, Comparisons, InTime
from catalogue.engine.conditions.bench import Mask
from catalogue.engine.conditions.lists import Criterion
from catalogue.engine.conditions.readings import Reading
from catalogue.engine.conditions.terms import Frame, criterion
from catalogue.engine.intervals import events_interval

Function = Literal["count", "first", "last", "sum", "avg", "min", "max", "count_distinct"]
READS: dict[str, frozenset[Reading]] = {
    "sum": frozenset({Reading.MONEY}),
    "avg": frozenset({Reading.MONEY}),
    "min": frozenset({Reading.NUMBER}),
    "max": frozenset({Reading.NUMBER}),
    "count_distinct": frozenset({Reading.SAME, Reading.NUMBER}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Events by name and by prefix, counted together."""

    names: frozenset[str]
    prefixes: frozenset[str]

    def among(self, known: Collection[str]) -> frozenset[str]:
        """The names of those events that there are."""
        prefixes = tuple(self.prefixes)
        return frozenset(n for n in known if n in self.names or n.startswith(prefixes))


@dataclass(frozen=True, slots=True, kw_only=True)
class Pick:
    """Events of a selection that fit all of `where`, whenever they happened."""

    selection: Selection
    where: frozenset[Criterion]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One figure per customer, of the events that lie in the interval and fit all of `where`."""

    function: Function
    where: frozenset[Criterion]
    interval: Interval
    prop: Path = ()

    @property
    def reads(self) -> frozenset[Reading]:
        """How the property is read."""
        return READS.get(self.function, frozenset())


@dataclass(frozen=True, kw_only=True)
class EventCondition:
    """The measure of a customer's events is accepted. A customer without events has the count
    zero and no other measure."""

    selection: Selection
    measure: Measure
    accepted: Comparisons | InTime

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def _hash(self) -> int:
        # Each is looked up dozens of times in a refresh.
        return hash((self.selection, self.measure, self.accepted))

    @property
    def measures(self) -> tuple[Measure, ...]:
        """The figures it is judged by."""
        return (self.measure,)

    def judge(self, figures: Mapping[Measure, Columns]) -> Mask:
        """Which customers, as the rows of the figures list them, fit."""
        return self.accepted.judge(figures[self.measure])

    @property
    def true_without_events(self) -> bool:
        """Whether a customer without a single event fits."""
        if self.measure.function != "count" or isinstance(self.accepted, InTime):
            return False
        return self.accepted.holds_for(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class EventFigure:
    """The measure of a customer's events for its own sake: customers are ranked by it."""

    selection: Selection
    measure: Measure

    @property
    def measures(self) -> tuple[Measure, ...]:
        """As those of a condition."""
        return (self.measure,)


def event_figure(measure: nodes.EventMeasure, frame: Frame) -> EventFigure:
    """The figure that a ranking by events asks for."""
    found = Measure(
        function=measure.function,
        where=where_of(measure.events, frame),
        interval=events_interval(measure.window, frame.now, frame.zone),
        prop=measure.prop,
    )
    return EventFigure(selection=selection_of(measure.events), measure=found)


EventNode = (
    nodes.Did | nodes.DidNot | nodes.Count | nodes.FirstDid | nodes.LastDid | nodes.Aggregate
)
AT_LEAST_ONCE = nodes.Comparison(comparator=nodes.Comparator.GTE, bound=1)


def event_condition(node: EventNode, frame: Frame) -> EventCondition:
    """The condition of an event head; of `did_not` that of its twin `did`."""
    interval = events_interval(node.window, frame.now, frame.zone)
    match node:
        case nodes.Did(times=times):
            return _counted(node.events, interval, (AT_LEAST_ONCE, *times), frame)
        case nodes.DidNot():
            return _counted(node.events, interval, (AT_LEAST_ONCE,), frame)
        case nodes.Count(comparison=comparison):
            return _counted(node.events, interval, (comparison,), frame)
        case nodes.FirstDid():
            return _edge(node.events, "first", interval, frame)
        case nodes.LastDid():
            return _edge(node.events, "last", interval, frame)
        case nodes.Aggregate(function=function, prop=prop, comparison=comparison):
            measure = Measure(
                function=function,
                where=where_of(node.events, frame),
                interval=interval,
                prop=prop,
            )
            return EventCondition(
                selection=selection_of(node.events),
                measure=measure,
                accepted=Comparisons.of((comparison,)),
            )


def _counted(
    events: EventSelector,
    interval: Interval,
    times: tuple[nodes.Comparison, ...],
    frame: Frame,
) -> EventCondition:
    measure = Measure(function="count", where=where_of(events, frame), interval=interval)
    return EventCondition(
        selection=selection_of(events), measure=measure, accepted=Comparisons.of(times)
    )


def _edge(
    events: EventSelector, function: Function, interval: Interval, frame: Frame
) -> EventCondition:
    # The first or last of all history, so the window is not where events are looked for.
    ever = events_interval(None, frame.now, frame.zone)
    measure = Measure(function=function, where=where_of(events, frame), interval=ever)
    return EventCondition(
        selection=selection_of(events), measure=measure, accepted=InTime.of(interval)
    )


def selection_of(events: EventSelector) -> Selection:
    """Which events are named."""
    return Selection(names=frozenset(events.names), prefixes=frozenset(events.prefixes))


def where_of(events: EventSelector, frame: Frame) -> frozenset[Criterion]:
    """What all of them must fit."""
    return frozenset(criterion(term, frame) for term in events.where)
