"""Instants that are worth asking about: edges of windows, days and changes of clocks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from random import Random
from zoneinfo import ZoneInfo

from catalogue.definitions import windows
from catalogue.definitions.nodes import DateLiteral, Duration

MICROSECOND = timedelta(microseconds=1)


def at(text: str) -> datetime:
    """An aware UTC instant."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


# Zone and now: plain days, and days beside changes of clocks, ends of months and leap days.
MOMENTS = [
    ("UTC", at("2026-03-18T12:00:00")),
    ("UTC", at("2026-03-31T00:00:00")),
    ("UTC", at("2028-02-29T23:59:59.999999")),
    ("Europe/Berlin", at("2026-03-29T10:00:00")),
    ("Europe/Berlin", at("2026-04-29T00:30:00")),
    ("Europe/Berlin", at("2026-10-25T01:30:00")),
    ("Europe/Berlin", at("2026-12-31T23:30:00")),
    ("America/Sao_Paulo", at("2018-11-04T14:00:00")),
    ("America/Sao_Paulo", at("2018-02-18T02:30:00")),
    ("Australia/Lord_Howe", at("2026-10-04T12:00:00")),
    ("Australia/Lord_Howe", at("2026-04-05T00:00:00.000001")),
    ("Asia/Kathmandu", at("2026-05-31T18:15:00")),
]
# All that definitions use, so that every edge of a rolling window is known beforehand.
DURATIONS = [
    Duration(count=30, unit="minute"),
    Duration(count=1, unit="day"),
    Duration(count=2, unit="day"),
    Duration(count=1, unit="week"),
    Duration(count=1, unit="month"),
    Duration(count=2, unit="quarter"),
    Duration(count=1, unit="year"),
]


@dataclass(frozen=True, kw_only=True)
class Moment:
    """The instant a case is judged at, and the zone of its definitions."""

    now: datetime
    zone: str

    @cached_property
    def edges(self) -> list[datetime]:
        """now, and now − every duration that definitions use."""
        zone = ZoneInfo(self.zone)
        return [self.now, *(windows.shift(self.now, d, zone, sign=-1) for d in DURATIONS)]

    @cached_property
    def ahead(self) -> list[datetime]:
        """now + the shorter durations."""
        zone = ZoneInfo(self.zone)
        return [windows.shift(self.now, each, zone, sign=1) for each in DURATIONS[:4]]

    @cached_property
    def today(self) -> date:
        """The local day of now."""
        return windows.local_day(self.now, ZoneInfo(self.zone))

    @cached_property
    def days(self) -> list[date]:
        """Days near today and at the ends of its week, month and year."""
        units = ("week", "month", "quarter", "year")
        ends = [end for unit in units for end in windows.unit_bounds(self.today, unit, 0)]
        return [*(self.today + timedelta(days=step) for step in (-2, -1, 0, 0, 1, 2, 7)), *ends]

    @cached_property
    def midnights(self) -> list[datetime]:
        """First instants of those days."""
        return [windows.start_of_day(day, ZoneInfo(self.zone)) for day in self.days]


MOMENT_POOL = [Moment(now=now, zone=zone) for zone, now in MOMENTS]
NO_STEP = timedelta(0)
SMALL_STEPS = [NO_STEP, -MICROSECOND, MICROSECOND]
STEPS = [*SMALL_STEPS, timedelta(minutes=-20), timedelta(minutes=-7), timedelta(hours=-9)]


def instant(rng: Random, moment: Moment) -> datetime:
    """An instant on, just beside or near an edge."""
    anchors = rng.choice([moment.edges, moment.edges, moment.midnights, moment.ahead])
    return rng.choice(anchors) + rng.choice(STEPS)


def _local(when: datetime, moment: Moment) -> datetime:
    return when.astimezone(ZoneInfo(moment.zone)).replace(tzinfo=None)


def date_value(rng: Random, moment: Moment) -> object:
    """A date as data may hold it: a column's instant, or text in one of the forms."""
    form = rng.randrange(8)
    if form <= 1:
        return rng.choice(moment.days).isoformat()
    if form == 2:
        return anniversary(rng, moment).isoformat()
    when = instant(rng, moment)
    if form <= 4:
        return when
    if form == 5:
        return _local(when, moment).isoformat(rng.choice("T "))
    if form == 6:
        return (when + timedelta(hours=2)).replace(tzinfo=None).isoformat() + "+0200"
    return when.isoformat().replace("+00:00", "Z")


def anniversary(rng: Random, moment: Moment) -> date:
    """A day of another year whose anniversary is near."""
    day = rng.choice(moment.days)
    if (day.month, day.day) == (2, 28) or rng.random() < 0.1:
        return date(2000, 2, 29)
    return date(1990, day.month, min(day.day, 28))


def literal(rng: Random, moment: Moment) -> DateLiteral:
    """A date as a definition may hold it."""
    form = rng.randrange(6)
    if form <= 1:
        return DateLiteral(day=rng.choice(moment.days))
    if form == 2:
        return DateLiteral(word=rng.choice(["today", "yesterday", "tomorrow"]))
    when = instant(rng, moment)
    return DateLiteral(local=_local(when, moment)) if form == 3 else DateLiteral(instant=when)
