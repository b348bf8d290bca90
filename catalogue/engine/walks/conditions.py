"""From nodes to walks, resolved against now and zone: equal walks are one and the same."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from catalogue.definitions import nodes
from catalogue.definitions.nodes import Duration, EventSelector, Periods
from catalogue.definitions.rules import MAX_UNITS
from catalogue.definitions.windows import MICROSECOND, Interval, events_until, shift
from catalogue.engine.clocks import EARLIEST
from catalogue.engine.conditions.aggregates import Comparisons
from catalogue.engine.conditions.events import AT_LEAST_ONCE, Pick, selection_of, where_of
from catalogue.engine.conditions.terms import Frame
from catalogue.engine.intervals import NEVER, events_interval
from catalogue.engine.local_times import microseconds, naive
from catalogue.engine.walks.drop_offs import DropOff
from catalogue.engine.walks.habits import Habit
from catalogue.engine.walks.reaches import reach_of
from catalogue.engine.walks.sequences import SequenceWalk, SoughtStep

WalkCondition = SequenceWalk | DropOff | Habit
WalkNode = nodes.Sequence | nodes.DroppedOff | nodes.Regularly | nodes.ActiveDays


def walk_condition(node: WalkNode, frame: Frame) -> WalkCondition:
    """The condition of a head about order or habit."""
    match node:
        case nodes.Sequence():
            return _sequence(node, frame)
        case nodes.DroppedOff():
            return _dropped_off(node, frame)
        case nodes.Regularly():
            return _regularly(node, frame)
        case nodes.ActiveDays():
            return _active_days(node, frame)


def names_of(condition: WalkCondition, known: Collection[str]) -> frozenset[str]:
    """The names of all events a walk looks at, of those that there are."""
    return frozenset[str]().union(*(pick.selection.among(known) for pick in condition.picks))


def _pick(events: EventSelector, frame: Frame) -> Pick:
    return Pick(selection=selection_of(events), where=where_of(events, frame))


def _sequence(node: nodes.Sequence, frame: Frame) -> SequenceWalk:
    steps = (
        SoughtStep(
            pick=_pick(step.events, frame),
            reach=None if step.within is None else reach_of(step.within, frame.zone),
        )
        for step in node.steps
    )
    interval = events_interval(node.window, frame.now, frame.zone)
    return SequenceWalk(steps=tuple(steps), interval=interval)


def _dropped_off(node: nodes.DroppedOff, frame: Frame) -> DropOff:
    interval = events_interval(node.window, frame.now, frame.zone)
    # What wins an attempt may come after the window, but not after now.
    until_now = events_until(Interval(start=interval.start), frame.now)
    return DropOff(
        start=_pick(node.start, frame),
        goal=_pick(node.goal, frame),
        reach=reach_of(node.within, frame.zone),
        interval=interval,
        covered=NEVER if interval == NEVER else until_now,
        now=_number(frame.now),
    )


def _regularly(node: nodes.Regularly, frame: Frame) -> Habit:
    edges = _edges(node.periods, frame)
    return Habit(
        pick=_pick(node.events, frame),
        edges=tuple(map(_number, edges)),
        at_least=node.periods.in_at_least,
        accepted=Comparisons.of((AT_LEAST_ONCE, *node.times)),
        covered=Interval(start=edges[0], end=edges[-1]),
    )


def _active_days(node: nodes.ActiveDays, frame: Frame) -> Habit:
    if node.periods is None:
        interval = events_interval(node.window, frame.now, frame.zone)
        edges, at_least = _ends(interval), 1
    else:
        dates = _edges(node.periods, frame)
        interval = Interval(start=dates[0], end=dates[-1])
        edges, at_least = tuple(map(_number, dates)), node.periods.in_at_least
    return Habit(
        pick=_pick(node.events, frame),
        edges=edges,
        at_least=at_least,
        accepted=Comparisons.of((node.comparison,)),
        covered=interval,
        days_in=frame.zone,
    )


def _ends(interval: Interval) -> tuple[int, ...]:
    """A window of events as one period; it always ends, at now at the latest."""
    if interval.end is None:
        raise ValueError("a window of events ends")
    start = EARLIEST if interval.start is None else _number(interval.start)
    return start, _number(interval.end)


def _edges(periods: Periods, frame: Frame) -> list[datetime]:
    """Where the periods begin, the oldest first, and where the last one ends."""
    starts = (
        shift(frame.now, times(periods.per, count), frame.zone, sign=-1)
        for count in range(periods.of_last, 0, -1)
    )
    end = events_until(Interval(), frame.now).end or frame.now + MICROSECOND
    return [*starts, end]


def times(duration: Duration, count: int) -> Duration:
    """So many durations in one; what is longer than the calendar stays so."""
    return Duration(count=min(count * duration.count, MAX_UNITS), unit=duration.unit)


def _number(instant: datetime) -> int:
    return microseconds(naive(instant))
