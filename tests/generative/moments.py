"""Instants that are worth asking about: edges of windows, days and changes of clocks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

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

    @property
    def edges(self) -> list[datetime]:
        """now and now ∓ every duration that definitions use."""
        zone = ZoneInfo(self.zone)
        back = [windows.shift(self.now, each, zone, sign=-1) for each in DURATIONS]
        ahead = [windows.shift(self.now, each, zone, sign=1) for each in DURATIONS[:4]]
        return [self.now, *back, *ahead]

    @property
    def today(self) -> date:
        """The local day of now."""
        return windows.local_day(self.now, ZoneInfo(self.zone))

    @property
    def midnights(self) -> list[datetime]:
        """First instants of days on which calendar windows begin or end."""
        return [windows.start_of_day(day, ZoneInfo(self.zone)) for day in self.days]

    @property
    def days(self) -> list[date]:
        """Days near today and at the ends of its week, month and year."""
        today = self.today
        units = ("week", "month", "quarter", "year")
        ends = [end for unit in units for end in windows.unit_bounds(today, unit, 0)]
        near = [today + timedelta(days=step) for step in (-2, -1, 0, 1, 2, 7)]
        return [*near, *ends]


moments = st.sampled_from([Moment(now=now, zone=zone) for zone, now in MOMENTS])
STEPS = [timedelta(0), -MICROSECOND, MICROSECOND, timedelta(minutes=-20), timedelta(hours=-9)]


@st.composite
def instants(draw: st.DrawFn, moment: Moment) -> datetime:
    """An instant on, just beside or near an edge."""
    anchors = moment.edges if draw(st.integers(0, 2)) else moment.midnights
    return draw(st.sampled_from(anchors)) + draw(st.sampled_from(STEPS))


def _local(instant: datetime, moment: Moment) -> str:
    return instant.astimezone(ZoneInfo(moment.zone)).replace(tzinfo=None).isoformat()


@st.composite
def date_values(draw: st.DrawFn, moment: Moment) -> object:
    """A date as data may hold it: a column's instant, or text in one of the forms."""
    form = draw(st.integers(0, 6))
    if form == 0:
        return draw(st.sampled_from(moment.days)).isoformat()
    if form == 1:
        return draw(anniversaries(moment)).isoformat()
    instant = draw(instants(moment))
    if form == 2:
        return instant
    if form == 3:
        return _local(instant, moment)
    if form == 4:
        return instant.isoformat(" ").replace("+00:00", "Z")
    if form == 5:
        return (instant + timedelta(hours=2)).replace(tzinfo=None).isoformat() + "+0200"
    return instant.isoformat()


@st.composite
def anniversaries(draw: st.DrawFn, moment: Moment) -> date:
    """A day of another year whose anniversary is near."""
    day = draw(st.sampled_from(moment.days))
    if (day.month, day.day) == (2, 28) or draw(st.integers(0, 9)) == 0:
        return date(2000, 2, 29)
    return date(1990, day.month, min(day.day, 28))


@st.composite
def literals(draw: st.DrawFn, moment: Moment) -> DateLiteral:
    """A date as a definition may hold it."""
    form = draw(st.integers(0, 5))
    if form <= 1:
        return DateLiteral(day=draw(st.sampled_from(moment.days)))
    if form == 2:
        return DateLiteral(word=draw(st.sampled_from(["today", "yesterday", "tomorrow"])))
    instant = draw(instants(moment))
    if form == 3:
        return DateLiteral(local=datetime.fromisoformat(_local(instant, moment)))
    return DateLiteral(instant=instant)
