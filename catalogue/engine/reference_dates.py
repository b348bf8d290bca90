"""Dates in values (clauses 9 and 12), read and compared slowly and obviously."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import cast
from zoneinfo import ZoneInfo

from catalogue.definitions import nodes, windows
from catalogue.definitions.nodes import DateLiteral, Duration, Operator, Window

DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
TIME = re.compile(
    r"[T ]([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]+))?)?(Z|[+-][0-9]{2}:?[0-9]{2})?"
)
MICROSECOND = timedelta(microseconds=1)
FIRST = datetime.min.replace(tzinfo=UTC)
LAST = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class AsOf:
    """The instant everything is judged at and the zone of the definition's calendar."""

    now: datetime
    zone: ZoneInfo


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A value that is a date: its instant and its local day."""

    instant: datetime
    day: date


def moment_of(value: object, zone: ZoneInfo) -> Moment | None:
    """A value as a date; None when it is none (numbers never are)."""
    if isinstance(value, datetime):
        aware = value if value.tzinfo else value.replace(tzinfo=UTC)
        return _of_instant(aware.astimezone(UTC), zone)
    if isinstance(value, date):
        return _of_day(value, zone)
    return _of_text(value, zone) if isinstance(value, str) else None


def _of_instant(instant: datetime, zone: ZoneInfo) -> Moment:
    return Moment(instant=instant, day=_local(instant, zone).date())


def _of_day(day: date, zone: ZoneInfo) -> Moment:
    return Moment(instant=first_instant_at(datetime.combine(day, time.min), zone), day=day)


def _of_text(text: str, zone: ZoneInfo) -> Moment | None:
    try:
        day = _day_of(text[:10])
        if len(text) == 10:
            return _of_day(day, zone)
        local, offset = _clock_of(text[10:])
    except ValueError:
        return None
    naive = datetime.combine(day, local)
    if offset is None:
        return _of_instant(first_instant_at(naive, zone), zone)
    return _of_instant(_utc(naive, offset), zone)


def _day_of(text: str) -> date:
    match = DATE.fullmatch(text)
    if match is None:
        raise ValueError(text)
    return date(*map(int, match.groups()))


def _clock_of(text: str) -> tuple[time, timedelta | None]:
    match = TIME.fullmatch(text)
    if match is None:
        raise ValueError(text)
    hour, minute, second, fraction, offset = match.groups()
    microsecond = int((fraction or "0")[:6].ljust(6, "0"))
    return time(int(hour), int(minute), int(second or 0), microsecond), _offset_of(offset)


def _offset_of(text: str | None) -> timedelta | None:
    if text is None or text == "Z":
        return None if text is None else timedelta(0)
    clock = time(int(text[1:3]), int(text[-2:]))
    size = timedelta(hours=clock.hour, minutes=clock.minute)
    return -size if text[0] == "-" else size


def _utc(naive: datetime, offset: timedelta) -> datetime:
    try:
        return (naive - offset).replace(tzinfo=UTC)
    except OverflowError:
        return FIRST if offset > timedelta(0) else LAST


def _local(instant: datetime, zone: ZoneInfo) -> datetime:
    try:
        return instant.astimezone(zone).replace(tzinfo=None)
    except OverflowError:
        return (FIRST if instant.year == 1 else LAST).replace(tzinfo=None)


def first_instant_at(naive: datetime, zone: ZoneInfo) -> datetime:
    """The earlier instant at which the local clock shows `naive`, or the first after the gap."""
    readings = sorted(_reading(naive, fold, zone) for fold in (0, 1))
    shown = [instant for instant in readings if _local(instant, zone) == naive]
    if shown:
        return shown[0]
    before, after = readings
    while after - before > MICROSECOND:
        middle = before + (after - before) // 2
        if _local(middle, zone) < naive:
            before = middle
        else:
            after = middle
    return after


def _reading(naive: datetime, fold: int, zone: ZoneInfo) -> datetime:
    offset = naive.replace(tzinfo=zone, fold=fold).utcoffset()
    return _utc(naive, cast("timedelta", offset))


def date_holds(operator: Operator, value: object, operand: object, as_of: AsOf) -> bool:
    """Whether a date operator holds on a value; what is no date matches nothing."""
    moment = moment_of(value, as_of.zone)
    if moment is None:
        return False
    if operator is Operator.WITHIN:
        return _within(moment, cast("Window", operand), as_of)
    if operator is Operator.ANNIVERSARY_IN_NEXT:
        return _has_anniversary_in_next(moment.day, cast("Duration", operand), as_of)
    return _compared(operator, moment, cast("DateLiteral", operand), as_of)


def _compared(operator: Operator, moment: Moment, literal: DateLiteral, as_of: AsOf) -> bool:
    day = _day_named(literal, as_of)
    if operator is Operator.ON:
        return moment.day == day
    if operator is Operator.ANNIVERSARY_ON:
        return _anniversary(moment.day, day.year) == day
    if literal.local is not None or literal.instant is not None:
        bound = _instant_named(literal, as_of)
        return moment.instant < bound if operator is Operator.BEFORE else moment.instant > bound
    if operator is Operator.BEFORE:
        return moment.instant < _of_day(day, as_of.zone).instant
    if day == date.max:
        return False
    return moment.instant >= _of_day(day + timedelta(days=1), as_of.zone).instant


def _day_named(literal: DateLiteral, as_of: AsOf) -> date:
    if literal.day is not None:
        return literal.day
    if literal.word is not None:
        steps = {"yesterday": -1, "today": 0, "tomorrow": 1}[literal.word]
        return _local(as_of.now, as_of.zone).date() + timedelta(days=steps)
    return _local(_instant_named(literal, as_of), as_of.zone).date()


def _instant_named(literal: DateLiteral, as_of: AsOf) -> datetime:
    if literal.instant is not None:
        return literal.instant
    return first_instant_at(cast("datetime", literal.local), as_of.zone)


def _within(moment: Moment, window: Window, as_of: AsOf) -> bool:
    if isinstance(window, nodes.BetweenDates):
        return window.first <= moment.day <= window.last
    if isinstance(window, nodes.During):
        first, after = windows.during_days(window.which, window.unit, as_of.now, as_of.zone)
        return first <= moment.day < after
    return in_window(moment.instant, window, as_of)


def in_window(instant: datetime, window: Window | None, as_of: AsOf) -> bool:
    """Whether an instant lies in a window; no window holds every instant."""
    if window is None:
        return True
    interval = windows.resolve(window, as_of.now, as_of.zone)
    begun = interval.start is None or instant >= interval.start
    return begun and (interval.end is None or instant < interval.end)


def _anniversary(day: date, year: int) -> date:
    if (day.month, day.day) == (2, 29) and not calendar.isleap(year):
        return date(year, 2, 28)
    return day.replace(year=year)


def _has_anniversary_in_next(day: date, duration: Duration, as_of: AsOf) -> bool:
    today = _local(as_of.now, as_of.zone).date()
    end = windows.shift(as_of.now, duration, as_of.zone, sign=1)
    last = _local(end, as_of.zone).date()
    return any(today < _anniversary(day, year) <= last for year in range(today.year, last.year + 1))
