"""before, after, on, windows of dates, anniversaries.

A date with an offset, or of a date/time column, is an instant and compares in UTC. A date without
one is a local time and compares with the local times that stand for the same instants; so all zone
rules are applied to the bounds, and back ends only compare timestamps.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import ibis
import ibis.expr.types as ir

from catalogue.definitions import nodes, windows
from catalogue.definitions.nodes import DateLiteral, Duration, Window
from catalogue.definitions.windows import Interval
from catalogue.engine.conditions.bench import Bench, among
from catalogue.engine.conditions.readings import Reading, Readings, any_of, no
from catalogue.engine.intervals import (
    EVER,
    NEVER,
    interval_of,
    literal_day,
    literal_instant,
    unit_days,
)
from catalogue.engine.local_times import Span, day_span, instants_of_days, local_span, naive

DATES = frozenset({Reading.LOCAL, Reading.MOMENT})
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class InSpans:
    """A date in one of several spans: of UTC for instants, of local time for the others."""

    moments: tuple[Span, ...]
    locals: tuple[Span, ...]

    @property
    def needs(self) -> frozenset[Reading]:
        """Both readings of a date."""
        return DATES

    def holds(self, value: Readings, bench: Bench) -> ir.BooleanValue:
        """True where the value is a date and lies in them."""
        return any_of([within(value.moment, self.moments), within(value.local, self.locals)])


NOTHING = InSpans(moments=(), locals=())


def within(column: ir.TimestampValue | None, spans: tuple[Span, ...]) -> ir.BooleanValue:
    """True where the timestamp lies in one of the spans."""
    if column is None:
        return no()
    return any_of(_in_span(column, span) for span in spans)


def _in_span(column: ir.TimestampValue, span: Span) -> ir.BooleanValue:
    condition = column.notnull()
    if span.start is not None:
        condition &= column >= ibis.literal(span.start)
    if span.end is not None:
        condition &= column < ibis.literal(span.end)
    return condition


def in_interval(interval: Interval, zone: ZoneInfo) -> InSpans:
    """The test for being a date that lies in an interval of instants."""
    start, end = interval.start, interval.end
    span = Span(
        None if start is None else naive(start),
        None if end is None else naive(end),
    )
    local = local_span(start, end, zone)
    return InSpans(
        moments=() if span.is_empty else (span,), locals=() if local is None else (local,)
    )


def in_days(first: date, last: date, zone: ZoneInfo) -> InSpans:
    """The test for being a date whose local day is `first` to `last`."""
    return InSpans(moments=instants_of_days(first, last, zone), locals=(day_span(first, last),))


def before(literal: DateLiteral, now: datetime, zone: ZoneInfo) -> InSpans:
    """Before the instant the literal names; a plain date names its first one."""
    instant = literal_instant(literal, now, zone)
    if instant is not None:
        return in_interval(Interval(end=instant), zone)
    return in_interval(EVER if literal.word == "tomorrow" else NEVER, zone)


def after(literal: DateLiteral, now: datetime, zone: ZoneInfo) -> InSpans:
    """After the instant the literal names; after a plain date begins with the next local day."""
    if literal.day is None and literal.word is None:
        start = windows.literal_instant(literal, now, zone)
        if start == windows.LATEST:
            return NOTHING
        return in_interval(Interval(start=start + windows.MICROSECOND), zone)
    day = literal_day(literal, now, zone)
    following = None if day is None else windows.day_after(day)
    if following is None:
        return NOTHING
    return in_interval(Interval(start=windows.start_of_day(following, zone)), zone)


def on(literal: DateLiteral, now: datetime, zone: ZoneInfo) -> InSpans:
    """On the local day the literal names, or on that of the instant it names."""
    day = literal_day(literal, now, zone)
    return NOTHING if day is None else in_days(day, day, zone)


def in_window(window: Window, now: datetime, zone: ZoneInfo) -> InSpans:
    """In a window; `between_dates` and `during` compare local days, the others instants."""
    if isinstance(window, nodes.BetweenDates):
        return in_days(window.first, window.last, zone)
    if not isinstance(window, nodes.During):
        return in_interval(interval_of(window, now, zone), zone)
    days = unit_days(window, now, zone)
    return NOTHING if days is None else in_days(*days, zone)


@dataclass(frozen=True, slots=True, kw_only=True)
class Anniversary:
    """A date whose month and day, in the local calendar, is one of `days` (month × 100 + day)."""

    days: frozenset[int]
    zone: str

    @property
    def needs(self) -> frozenset[Reading]:
        """Both readings of a date."""
        return DATES

    def holds(self, value: Readings, bench: Bench) -> ir.BooleanValue:
        """True where the value is a date on such a day of any year."""
        local = no() if value.local is None else among(_month_day(value.local), self.days)
        return any_of([local, self._moment(value, bench)])

    def _moment(self, value: Readings, bench: Bench) -> ir.BooleanValue:
        if value.moment is None:
            return no()
        if self.zone == "UTC":
            return among(_month_day(value.moment), self.days)
        # Only the years that occur are translated into instants, zone by zone rule.
        years = {year for year in bench.distinct(value.moment.year()) if isinstance(year, int)}
        near = {near for year in years for near in (year - 1, year, year + 1)}
        zone = ZoneInfo(self.zone)
        spans = [
            span
            for year in sorted(near)
            if 1 <= year <= 9999
            for first, last in self._runs(year)
            for span in instants_of_days(first, last, zone)
        ]
        return within(value.moment, tuple(spans))

    def _runs(self, year: int) -> Iterator[tuple[date, date]]:
        """The days of a year that fit, as unbroken runs."""
        days = sorted(day for number in self.days if (day := _day_of(year, number)) is not None)
        first = 0
        for i in range(1, len(days) + 1):
            if i == len(days) or days[i] - days[i - 1] > ONE_DAY:
                yield days[first], days[i - 1]
                first = i


def _month_day(column: ir.TimestampValue) -> ir.IntegerValue:
    return column.month().cast("int32") * 100 + column.day().cast("int32")


def _day_of(year: int, number: int) -> date | None:
    if number == 229 and not calendar.isleap(year):
        return None
    return date(year, *divmod(number, 100))


def _numbers(day: date) -> set[int]:
    """The birthdays celebrated on a day: those of 29 February on the 28th in common years."""
    number = day.month * 100 + day.day
    celebrated_early = number == 228 and not calendar.isleap(day.year)
    return {number, 229} if celebrated_early else {number}


def anniversary_on(literal: DateLiteral, now: datetime, zone: ZoneInfo) -> Anniversary:
    """The anniversary is celebrated on the local day the literal names."""
    day = literal_day(literal, now, zone)
    days = frozenset[int]() if day is None else frozenset(_numbers(day))
    return Anniversary(days=days, zone=zone.key)


def anniversary_in_next(duration: Duration, now: datetime, zone: ZoneInfo) -> Anniversary:
    """An anniversary is celebrated on one of the local days after today, up to and with the day
    on which now + N lies. Today's is not in the next days: its day has begun."""
    today = windows.local_day(now, zone)
    end = windows.local_day(windows.shift(now, duration, zone, sign=1), zone)
    days: set[int] = set()
    # Eight years hold every day of the calendar, so also 29 February around 1900 or 2100.
    for ahead in range(1, min((end - today).days, 8 * 366) + 1):
        days |= _numbers(today + ahead * ONE_DAY)
    return Anniversary(days=frozenset(days), zone=zone.key)
