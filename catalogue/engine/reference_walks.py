"""Order and habit (clauses 17 to 21), judged slowly and obviously, for tests and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import pairwise

from catalogue.definitions import nodes, windows
from catalogue.definitions.nodes import Duration, EventSelector, Periods, Window
from catalogue.engine.reference_dates import AsOf
from catalogue.engine.reference_numbers import number_holds
from catalogue.engine.reference_values import all_hold
from catalogue.warehouse.given import GivenEvent

# The events of a customer, up to now, that fit a selector and lie in a window, oldest first.
Choose = Callable[[EventSelector, Window | None], Sequence[GivenEvent]]


def walk_holds(node: nodes.Walk, choose: Choose, as_of: AsOf) -> bool:
    """Whether a condition on order or habit is true for the customer whose events these are."""
    match node:
        case nodes.Sequence():
            return _sequence(node, choose, as_of)
        case nodes.DroppedOff():
            return _dropped_off(node, choose, as_of)
        case nodes.Stopped():
            return _stopped(node, choose, as_of)
        case nodes.Resumed():
            return _resumed(node, choose, as_of)
        case nodes.Regularly():
            found = _by_period(choose(node.events, None), node.periods, as_of)
            return _enough([_as_often(one, node) for one in found], node.periods)
        case nodes.ActiveDays():
            return _active_days(node, choose, as_of)
        case nodes.Latest():
            return _latest(node, choose, as_of)


def _later(start: datetime, duration: Duration, as_of: AsOf) -> datetime:
    return windows.shift(start, duration, as_of.zone, sign=1)


def _ago(duration: Duration, as_of: AsOf, times: int = 1) -> datetime:
    longer = Duration(count=duration.count * times, unit=duration.unit)
    return windows.shift(as_of.now, longer, as_of.zone, sign=-1)


def _sequence(node: nodes.Sequence, choose: Choose, as_of: AsOf) -> bool:
    first, *rest = node.steps
    ends = {event.at for event in choose(first.events, node.window)}
    for step in rest:
        found = {event.at for event in choose(step.events, node.window)}
        ends = {at for at in found if any(_follows(at, end, step, as_of) for end in ends)}
    return bool(ends)


def _follows(at: datetime, before: datetime, step: nodes.Step, as_of: AsOf) -> bool:
    if at <= before:
        return False
    return step.within is None or at <= _later(before, step.within, as_of)


def _dropped_off(node: nodes.DroppedOff, choose: Choose, as_of: AsOf) -> bool:
    goals = [event.at for event in choose(node.goal, None)]
    answer = False
    for attempt in choose(node.start, node.window):
        end = _later(attempt.at, node.within, as_of)
        if any(attempt.at < goal <= end for goal in goals):
            answer = False
        elif end < as_of.now:
            answer = True
    return answer


def _stopped(node: nodes.Stopped, choose: Choose, as_of: AsOf) -> bool:
    active, quiet = _ago(node.active_within, as_of), _ago(node.quiet_for, as_of)
    times = [event.at for event in choose(node.events, None)]
    return any(active <= at < quiet for at in times) and not any(quiet <= at for at in times)


def _resumed(node: nodes.Resumed, choose: Choose, as_of: AsOf) -> bool:
    back, quiet = _ago(node.back_within, as_of), _ago(node.quiet_within, as_of)
    times = [event.at for event in choose(node.events, None)]
    paused = not any(quiet <= at < back for at in times)
    # Where a month is shorter than so many days, the pause is empty, and before it is before both.
    before = any(at < min(quiet, back) for at in times)
    return any(back <= at for at in times) and paused and before


def _by_period(
    events: Sequence[GivenEvent], periods: Periods, as_of: AsOf
) -> list[list[GivenEvent]]:
    starts = [_ago(periods.per, as_of, k + 1) for k in range(periods.of_last)]
    newest = [event for event in events if starts[0] <= event.at]
    older = [
        [event for event in events if start <= event.at < end] for end, start in pairwise(starts)
    ]
    return [newest, *older]


def _as_often(events: Sequence[GivenEvent], node: nodes.Regularly) -> bool:
    return len(events) >= 1 and all(number_holds(len(events), one) for one in node.times)


def _enough(fits: Sequence[bool], periods: Periods) -> bool:
    return fits.count(True) >= periods.in_at_least


def _active_days(node: nodes.ActiveDays, choose: Choose, as_of: AsOf) -> bool:
    def is_active(events: Sequence[GivenEvent]) -> bool:
        days = {windows.local_day(event.at, as_of.zone) for event in events}
        return number_holds(len(days), node.comparison)

    if node.periods is None:
        return is_active(choose(node.events, node.window))
    found = _by_period(choose(node.events, None), node.periods, as_of)
    return _enough([is_active(one) for one in found], node.periods)


def _latest(node: nodes.Latest, choose: Choose, as_of: AsOf) -> bool:
    found = choose(node.events, node.window)
    newest = [event for event in found if event.at == found[-1].at]
    return any(all_hold(node.has, event.props, as_of) for event in newest)
