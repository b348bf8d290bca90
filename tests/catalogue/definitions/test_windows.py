"""Windows as instants: exact units, the local clock, and the days on which clocks change."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.definitions import nodes
from catalogue.definitions.nodes import DateLiteral, Duration
from catalogue.definitions.windows import (
    EARLIEST,
    LATEST,
    MICROSECOND,
    Interval,
    events_until,
    instant_of,
    resolve,
    shift,
    start_of_day,
)

BERLIN = ZoneInfo("Europe/Berlin")
SAO_PAULO = ZoneInfo("America/Sao_Paulo")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")
NOW = datetime(2026, 3, 31, 10, tzinfo=UTC)


def local(text: str) -> datetime:
    """A naive local time."""
    return datetime.fromisoformat(text)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def days(count: int) -> Duration:
    return Duration(count=count, unit="day")


@pytest.mark.parametrize(
    ("zone", "clock", "instant"),
    [
        (BERLIN, "2026-03-29 02:30", "2026-03-29 01:00"),  # skipped: the first after the gap
        (BERLIN, "2026-03-29 02:00", "2026-03-29 01:00"),
        (BERLIN, "2026-03-29 01:59:59.999999", "2026-03-29 00:59:59.999999"),
        (BERLIN, "2026-10-25 02:30", "2026-10-25 00:30"),  # twice: the earlier
        (BERLIN, "2026-10-25 03:00", "2026-10-25 02:00"),
        (SAO_PAULO, "2018-11-04 00:00", "2018-11-04 03:00"),  # a day that begins at 01:00
        (LORD_HOWE, "2026-10-04 02:15", "2026-10-03 15:30"),  # a gap of half an hour
    ],
)
def test_a_local_time_that_is_missing_or_doubled_has_one_instant(
    zone: ZoneInfo, clock: str, instant: str
) -> None:
    assert instant_of(local(clock), zone) == utc(instant)


@given(
    st.datetimes(local("2017-01-01"), local("2027-01-01")),
    st.timedeltas(timedelta(0), timedelta(hours=5)),
    st.sampled_from([BERLIN, SAO_PAULO, LORD_HOWE]),
)
def test_later_local_times_are_never_earlier_instants(
    clock: datetime, step: timedelta, zone: ZoneInfo
) -> None:
    assert instant_of(clock, zone) <= instant_of(clock + step, zone)


def test_the_ends_of_the_calendar_are_instants_too() -> None:
    assert start_of_day(date.min, BERLIN) == EARLIEST
    assert instant_of(local("9999-12-31 23:59"), ZoneInfo("America/New_York")) == LATEST
    assert shift(NOW, Duration(count=9999, unit="year"), BERLIN, sign=-1) == EARLIEST
    assert shift(NOW, Duration(count=10**9, unit="week"), BERLIN, sign=1) == LATEST


@pytest.mark.parametrize(
    ("now", "count", "unit", "ago"),
    [
        # 31 March 12:00 in summer time; a month ago was 28 February 12:00 in winter time.
        ("2026-03-31 10:00", 1, "month", "2026-02-28 11:00"),
        # In one step: 31 May − 3 months is 28 February, not 28 March − …
        ("2026-05-31 10:00", 3, "month", "2026-02-28 11:00"),
        ("2026-05-31 10:00", 1, "quarter", "2026-02-28 11:00"),
        ("2024-02-29 11:00", 1, "year", "2023-02-28 11:00"),
        # A day is 24 hours, also over a change of clocks.
        ("2026-03-29 10:00", 1, "day", "2026-03-28 10:00"),
        # One month before 29 April 02:30 does not exist: the first instant after the gap.
        ("2026-04-29 00:30", 1, "month", "2026-03-29 01:00"),
    ],
)
def test_calendar_units_follow_the_local_clock_and_the_others_do_not(
    now: str, count: int, unit: nodes.Unit, ago: str
) -> None:
    assert shift(utc(now), Duration(count=count, unit=unit), BERLIN, sign=-1) == utc(ago)


@pytest.mark.parametrize(
    ("window", "first", "last"),
    [
        (nodes.InLast(duration=days(7)), "2026-03-24 10:00", "2026-03-31 10:00"),
        (nodes.OlderThan(duration=days(7)), None, "2026-03-24 09:59:59.999999"),
        (nodes.InNext(duration=days(7)), "2026-03-31 10:00:00.000001", "2026-04-07 10:00"),
        (nodes.AgoToAgo(start=days(3), end=days(1)), "2026-03-28 10:00", "2026-03-30 10:00"),
        (
            nodes.FromTo(
                start=DateLiteral(day=date(2026, 3, 1)), end=DateLiteral(day=date(2026, 3, 2))
            ),
            "2026-02-28 23:00",
            "2026-03-01 23:00",
        ),
        (
            nodes.Since(start=DateLiteral(local=local("2026-03-30 09:00"))),
            "2026-03-30 07:00",
            "2026-03-31 10:00",
        ),
        (
            nodes.BetweenDates(first=date(2026, 3, 28), last=date(2026, 3, 29)),
            "2026-03-27 23:00",
            "2026-03-29 21:59:59.999999",
        ),
        (nodes.SinceStartOfDay(days_ago=0), "2026-03-30 22:00", "2026-03-31 10:00"),
        (nodes.SinceStartOfDay(days_ago=2), "2026-03-28 23:00", "2026-03-31 10:00"),
        (
            nodes.During(which="this", unit="week"),
            "2026-03-29 22:00",
            "2026-04-05 21:59:59.999999",
        ),
        (
            nodes.During(which="last", unit="quarter"),
            "2025-09-30 22:00",
            "2025-12-31 22:59:59.999999",
        ),
        (
            nodes.During(which="next", unit="year"),
            "2026-12-31 23:00",
            "2027-12-31 22:59:59.999999",
        ),
    ],
)
def test_every_window_has_its_first_and_last_microsecond(
    window: nodes.Window, first: str | None, last: str
) -> None:
    start = None if first is None else utc(first)
    assert resolve(window, NOW, BERLIN) == Interval(start=start, end=utc(last) + MICROSECOND)


def test_events_are_cut_at_now_with_now_included() -> None:
    this_week = resolve(nodes.During(which="this", unit="week"), NOW, BERLIN)
    assert events_until(this_week, NOW).end == NOW + MICROSECOND
    long_ago = Interval(end=utc("2020-01-01 00:00"))
    assert events_until(long_ago, NOW) == long_ago
