"""Windows and local dates as instants. Everything is microseconds, so [a, b] is [a, b + 1 µs)."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from catalogue.definitions import nodes
from catalogue.definitions.nodes import DateLiteral, Duration, Window

MICROSECOND = timedelta(microseconds=1)
DAY = timedelta(days=1)
EXACT = {
    "second": timedelta(seconds=1),
    "minute": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "day": DAY,
    "week": timedelta(weeks=1),
}
MONTHS = {"month": 1, "quarter": 3, "year": 12}
EARLIEST = datetime.min.replace(tzinfo=UTC)
LATEST = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """Half-open [start, end) of aware UTC instants; None is unbounded. start ≥ end is empty."""

    start: datetime | None = None
    end: datetime | None = None


def instant_of(local: datetime, zone: ZoneInfo) -> datetime:
    """The instant of a naive local time: the first one after a gap, the earlier of two."""
    early = local.replace(tzinfo=zone, fold=0)
    utc = _to_utc(early)
    if _to_local(utc, zone) == local:
        return utc
    return _end_of_gap(local, zone)


def _to_utc(local: datetime) -> datetime:
    offset = local.utcoffset()
    if offset is None:
        raise ValueError("a local time needs a zone")
    try:
        return (local.replace(tzinfo=None) - offset).replace(tzinfo=UTC)
    except OverflowError:
        return EARLIEST if offset > timedelta(0) else LATEST


def _to_local(instant: datetime, zone: ZoneInfo) -> datetime:
    try:
        return instant.astimezone(zone).replace(tzinfo=None)
    except OverflowError:
        edge = EARLIEST if instant.year == 1 else LATEST
        return edge.replace(tzinfo=None)


def _end_of_gap(local: datetime, zone: ZoneInfo) -> datetime:
    # In a gap fold=0 reads with the offset before it, fold=1 with the one after: the change of
    # clocks lies between the two readings, found to the microsecond by halving.
    low = _to_utc(local.replace(tzinfo=zone, fold=1))
    high = _to_utc(local.replace(tzinfo=zone, fold=0))
    if low >= high:
        return min(low, high)
    before = low.astimezone(zone).utcoffset()
    while high - low > MICROSECOND:
        middle = low + (high - low) // 2
        if middle.astimezone(zone).utcoffset() == before:
            low = middle
        else:
            high = middle
    return high


def start_of_day(day: date, zone: ZoneInfo) -> datetime:
    """The first instant of a local day."""
    return instant_of(datetime.combine(day, time.min), zone)


def day_after(day: date) -> date | None:
    """The next day; None after the last day of the calendar."""
    return None if day == date.max else day + DAY


def local_day(instant: datetime, zone: ZoneInfo) -> date:
    """The local date at an instant."""
    return _to_local(instant, zone).date()


def shift(instant: datetime, duration: Duration, zone: ZoneInfo, *, sign: int) -> datetime:
    """`instant` moved by sign × duration: exact units as elapsed time, calendar units on the local
    clock in one step, clamped to the last day of the month. Clamped to years 1–9999."""
    try:
        if duration.unit in EXACT:
            return instant + sign * duration.count * EXACT[duration.unit]
        months = sign * duration.count * MONTHS[duration.unit]
        return instant_of(add_months(_to_local(instant, zone), months), zone)
    except (OverflowError, ValueError):
        return LATEST if sign > 0 else EARLIEST


def add_months(local: datetime, months: int) -> datetime:
    """The same local time `months` later (or earlier), clamped to the last day of the month."""
    index = local.year * 12 + local.month - 1 + months
    year, month = divmod(index, 12)
    if not 1 <= year <= 9999:
        raise OverflowError("outside years 1 to 9999")
    day = min(local.day, calendar.monthrange(year, month + 1)[1])
    return local.replace(year=year, month=month + 1, day=day)


def unit_bounds(day: date, unit: nodes.CalendarUnit, offset: int) -> tuple[date, date]:
    """First day of the calendar unit that holds `day`, moved by `offset` units, and first day of
    the unit after it."""
    if unit == "day":
        return day + offset * DAY, day + (offset + 1) * DAY
    if unit == "week":
        monday = day - day.weekday() * DAY
        return monday + offset * 7 * DAY, monday + (offset + 1) * 7 * DAY
    size = MONTHS[unit]
    first = datetime(day.year, (day.month - 1) // size * size + 1, 1)  # noqa: DTZ001 (a local date)
    return add_months(first, offset * size).date(), add_months(first, (offset + 1) * size).date()


def literal_days(literal: DateLiteral, now: datetime, zone: ZoneInfo) -> date | None:
    """The local day a plain date or word names; None for a literal with a time of day."""
    if literal.day is not None:
        return literal.day
    if literal.word is None:
        return None
    return local_day(now, zone) + {"yesterday": -1, "today": 0, "tomorrow": 1}[literal.word] * DAY


def literal_instant(literal: DateLiteral, now: datetime, zone: ZoneInfo) -> datetime:
    """The instant a literal names; a plain date or word is the first instant of its local day."""
    if literal.instant is not None:
        return literal.instant
    if literal.local is not None:
        return instant_of(literal.local, zone)
    day = literal_days(literal, now, zone)
    if day is None:
        raise ValueError("an empty date literal")
    return start_of_day(day, zone)


def days_interval(first: date, last: date, zone: ZoneInfo) -> Interval:
    """[first instant of `first`, first instant of the day after `last`)."""
    after = day_after(last)
    return Interval(
        start=start_of_day(first, zone), end=None if after is None else start_of_day(after, zone)
    )


def _after(instant: datetime) -> datetime:
    return instant if instant == LATEST else instant + MICROSECOND


def resolve(window: Window, now: datetime, zone: ZoneInfo) -> Interval:
    """The instants of a window as of `now`. Events are additionally ≤ now: see `events_until`."""
    match window:
        case nodes.InLast(duration=d):
            return Interval(start=shift(now, d, zone, sign=-1), end=_after(now))
        case nodes.OlderThan(duration=d):
            return Interval(end=shift(now, d, zone, sign=-1))
        case nodes.InNext(duration=d):
            return Interval(start=_after(now), end=_after(shift(now, d, zone, sign=1)))
        case nodes.AgoToAgo(start=a, end=b):
            ends = shift(now, a, zone, sign=-1), _after(shift(now, b, zone, sign=-1))
            return Interval(start=ends[0], end=ends[1])
        case nodes.FromTo(start=a, end=b):
            last = _after(literal_instant(b, now, zone))
            return Interval(start=literal_instant(a, now, zone), end=last)
        case nodes.Since(start=a):
            return Interval(start=literal_instant(a, now, zone), end=_after(now))
        case nodes.BetweenDates(first=first, last=last_day):
            return days_interval(first, last_day, zone)
        case nodes.SinceStartOfDay(days_ago=n):
            return Interval(start=_start_of_day_ago(n, now, zone), end=_after(now))
        case nodes.During(which=which, unit=unit):
            start, end = during_days(which, unit, now, zone)
            return Interval(start=start_of_day(start, zone), end=start_of_day(end, zone))


def _start_of_day_ago(days: int, now: datetime, zone: ZoneInfo) -> datetime:
    ordinal = local_day(now, zone).toordinal() - days
    return EARLIEST if ordinal < 1 else start_of_day(date.fromordinal(ordinal), zone)


def during_days(
    which: str, unit: nodes.CalendarUnit, now: datetime, zone: ZoneInfo
) -> tuple[date, date]:
    """The local days [first, first after) of the last, this or next unit."""
    return unit_bounds(local_day(now, zone), unit, {"last": -1, "this": 0, "next": 1}[which])


def events_until(interval: Interval, now: datetime) -> Interval:
    """The interval cut at now, now included: events after now are never counted."""
    limit = _after(now)
    end = limit if interval.end is None else min(interval.end, limit)
    return Interval(start=interval.start, end=end)
