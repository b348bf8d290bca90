"""At which instants conditions on order and habit can change by time alone (see `moving`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from zoneinfo import ZoneInfo

import numpy as np

from catalogue.definitions import nodes
from catalogue.definitions.nodes import InLast, Window
from catalogue.engine.clocks import LATEST, Integers
from catalogue.engine.moving import edges, moves, window_moves
from catalogue.engine.walks.conditions import times
from catalogue.engine.walks.drop_offs import DropOff
from catalogue.engine.walks.habits import Habit
from catalogue.engine.walks.of_one import Told, picks_of
from catalogue.engine.walks.reasons import instant
from catalogue.engine.walks.rows import Rows

# More are not judged one by one: fewer where each has many periods to be worked out.
MOST_INSTANTS = 1_500
AS_DEAR_AS_PERIODS = 100


def may_change(
    node: nodes.Walk, condition: Told, rows: Rows, now: datetime, zone: ZoneInfo
) -> list[datetime] | None:
    """The instants after now at which the answer for the one customer of the rows may change, and
    some others; None when that is not known: where a `where` or `has` itself moves with time, and
    where there are too many."""
    if any(map(moves, nodes.terms_of(node))):
        return None
    every = (at for at in _instants(node, condition, rows, zone) if at > now)
    # The same one comes up often, so that only different ones count, of not endlessly many.
    found = list(islice(every, 20 * MOST_INSTANTS))
    different, most = set(found), _most(condition)
    too_many = len(found) == 20 * MOST_INSTANTS or len(different) > most
    return None if too_many else sorted(different)


def _most(condition: Told) -> int:
    periods = condition.periods if isinstance(condition, Habit) else 0
    return MOST_INSTANTS * AS_DEAR_AS_PERIODS // (AS_DEAR_AS_PERIODS + periods)


def _instants(node: nodes.Walk, condition: Told, rows: Rows, zone: ZoneInfo) -> Iterator[datetime]:
    windows = list(_windows(node))
    for at in _moments(condition, rows):
        for window in windows:
            yield from edges(window, at, zone)
    if isinstance(condition, DropOff) and len(rows.at):
        # Also of those that the window does not hold yet.
        yield from _just_over(condition.reach.ends(rows.at[rows.fits[condition.start]]))


def _moments(condition: Told, rows: Rows) -> Iterable[datetime]:
    """When the events happened that decide a condition."""
    picked = np.zeros(len(rows.at), dtype=bool)
    for pick in picks_of(condition) if len(rows.at) else ():
        picked |= rows.fits[pick]
    return map(instant, np.unique(rows.at[picked]))


def _just_over(ends: Integers) -> Iterator[datetime]:
    """When attempts are over that wait until then."""
    yield from (instant(end + 1) for end in np.unique(ends) if end < LATEST)


def _windows(node: nodes.Walk) -> Iterator[Window]:
    """Moving windows whose edges are those of the condition."""
    match node:
        case nodes.Stopped(active_within=one, quiet_for=other):
            yield from (InLast(duration=duration) for duration in (one, other))
        case nodes.Resumed(back_within=one, quiet_within=other):
            yield from (InLast(duration=duration) for duration in (one, other))
        case nodes.Regularly(periods=periods):
            yield from _last(periods)
        case nodes.ActiveDays(periods=nodes.Periods() as periods):
            yield from _last(periods)
        case _ if node.window is not None and window_moves(node.window):
            yield node.window


def _last(periods: nodes.Periods) -> Iterator[Window]:
    for count in range(1, periods.of_last + 1):
        yield InLast(duration=times(periods.per, count))
