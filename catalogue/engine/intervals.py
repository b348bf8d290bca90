"""Windows as intervals of instants, also where they leave the calendar (years 1 to 9999)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from catalogue.definitions import nodes, windows
from catalogue.definitions.nodes import DateLiteral, Window
from catalogue.definitions.windows import EARLIEST, Interval

EVER = Interval()
NEVER = Interval(start=EARLIEST, end=EARLIEST)


def interval_of(window: Window, now: datetime, zone: ZoneInfo) -> Interval:
    """The instants of a window as of `now`; every empty one is NEVER. Never raises."""
    try:
        interval = windows.resolve(window, now, zone)
    except (OverflowError, ValueError):
        interval = _at_the_edge(window, now, zone)
    if interval.start is not None and interval.end is not None and interval.start >= interval.end:
        return NEVER
    return interval


def _at_the_edge(window: Window, now: datetime, zone: ZoneInfo) -> Interval:
    days = unit_days(window, now, zone) if isinstance(window, nodes.During) else None
    return NEVER if days is None else Interval(start=windows.start_of_day(days[0], zone))


def unit_days(window: nodes.During, now: datetime, zone: ZoneInfo) -> tuple[date, date] | None:
    """The first and the last local day of a calendar unit; None when it is not in the calendar."""
    try:
        first, following = windows.during_days(window.which, window.unit, now, zone)
    except (OverflowError, ValueError):
        if window.which != "this":
            return None
        # The unit after it does not exist, so this one lasts until the end of the calendar.
        return windows.unit_bounds(windows.local_day(now, zone), window.unit, -1)[1], date.max
    return first, following - timedelta(days=1)


@lru_cache(maxsize=4096)
def events_interval(window: Window | None, now: datetime, zone: ZoneInfo) -> Interval:
    """The instants of a window for events: never after `now`; no window is at any time."""
    interval = EVER if window is None else interval_of(window, now, zone)
    return NEVER if interval == NEVER else windows.events_until(interval, now)


def covering(intervals: Iterable[Interval]) -> Interval:
    """The smallest interval that holds them all."""
    listed = list(intervals)
    starts, ends = [i.start for i in listed], [i.end for i in listed]
    return Interval(
        start=None if None in starts else min(s for s in starts if s is not None),
        end=None if None in ends else max(e for e in ends if e is not None),
    )


def literal_day(literal: DateLiteral, now: datetime, zone: ZoneInfo) -> date | None:
    """The local day a literal names or its instant lies in; None beyond the calendar."""
    if literal.local is not None:
        return literal.local.date()
    if literal.instant is not None:
        return windows.local_day(literal.instant, zone)
    try:
        return windows.literal_days(literal, now, zone)
    except OverflowError:
        return None


def literal_instant(literal: DateLiteral, now: datetime, zone: ZoneInfo) -> datetime | None:
    """The instant a literal names; None when it names the day after the last one."""
    try:
        return windows.literal_instant(literal, now, zone)
    except OverflowError:
        return None
