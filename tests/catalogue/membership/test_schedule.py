"""When a segment is due."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from catalogue.membership.schedule import DEFAULT, Timetable, latest_slot, timetable_of

BERLIN = ZoneInfo("Europe/Berlin")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def local(text: str, zone: ZoneInfo, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone, fold=fold).astimezone(UTC)


def slot(timetable: Timetable, now: datetime, zone: ZoneInfo = BERLIN) -> datetime:
    return latest_slot(timetable, now=now, zone=zone)


def test_without_a_timetable_a_segment_is_due_every_day_at_six() -> None:
    assert timetable_of(None) == Timetable(count=1, unit="day", at=time(6)) == DEFAULT
    assert slot(DEFAULT, local("2026-07-01 05:59", BERLIN)) == local("2026-06-30 06:00", BERLIN)
    assert slot(DEFAULT, local("2026-07-01 06:00", BERLIN)) == local("2026-07-01 06:00", BERLIN)


def test_a_timetable_is_read_as_segments_keep_it() -> None:
    stored = {"every": 6, "unit": "hour", "at": None}
    assert timetable_of(stored) == Timetable(count=6, unit="hour")
    stored = {"every": 2, "unit": "days", "at": "07:30"}
    assert timetable_of(stored) == Timetable(count=2, unit="day", at=time(7, 30))


def test_every_six_hours_rings_at_local_midnight_six_noon_and_eighteen() -> None:
    six = Timetable(count=6, unit="hour")
    for hour, ring in ((0, 0), (5, 0), (6, 6), (11, 6), (12, 12), (23, 18)):
        now = local(f"2026-07-01 {hour:02}:30", BERLIN)
        assert slot(six, now) == local(f"2026-07-01 {ring:02}:00", BERLIN)


def test_every_six_hours_at_a_time_is_counted_from_that_time() -> None:
    six = Timetable(count=6, unit="hour", at=time(5, 30))
    assert slot(six, local("2026-07-01 05:00", BERLIN)) == local("2026-06-30 23:30", BERLIN)
    assert slot(six, local("2026-07-01 12:00", BERLIN)) == local("2026-07-01 11:30", BERLIN)


def test_a_period_that_does_not_fit_into_a_day_keeps_its_distance() -> None:
    seven = Timetable(count=7, unit="hour")
    first = slot(seven, utc("2026-07-01T12:00:00"))
    assert slot(seven, first + timedelta(hours=7)) == first + timedelta(hours=7)
    assert slot(seven, first + timedelta(hours=7) - timedelta(microseconds=1)) == first


def test_every_second_day_skips_a_day_whatever_the_month() -> None:
    second = Timetable(count=2, unit="day", at=time(6))
    rings = {slot(second, utc("2026-02-27T12:00:00") + timedelta(days=day)) for day in range(8)}
    ordered = sorted(rings)
    gaps = {later - earlier for earlier, later in zip(ordered, ordered[1:], strict=False)}
    assert gaps == {timedelta(days=2)}


def test_on_the_day_the_clock_goes_forward_a_time_that_is_skipped_rings_after_the_gap() -> None:
    skipped = Timetable(count=1, unit="day", at=time(2, 30))
    assert slot(skipped, local("2026-03-29 04:00", BERLIN)) == local("2026-03-29 03:00", BERLIN)


def test_on_the_day_the_clock_goes_back_a_time_that_comes_twice_rings_once() -> None:
    twice = Timetable(count=1, unit="day", at=time(2, 30))
    first = local("2026-10-25 02:30", BERLIN, fold=0)
    assert slot(twice, first) == first
    assert slot(twice, local("2026-10-25 02:45", BERLIN, fold=1)) == first


def test_a_daily_time_stays_on_the_local_clock_through_both_changes() -> None:
    for day in ("2026-03-28", "2026-03-29", "2026-03-30", "2026-10-24", "2026-10-25", "2026-10-26"):
        six = local(f"{day} 06:00", BERLIN)
        assert slot(DEFAULT, six) == six
        assert slot(DEFAULT, six - timedelta(microseconds=1)) < six


@pytest.mark.parametrize("zone", [BERLIN, LORD_HOWE, ZoneInfo("UTC")])
@pytest.mark.parametrize(
    "timetable",
    [
        Timetable(count=30, unit="minute"),
        Timetable(count=6, unit="hour", at=time(1, 15)),
        Timetable(count=7, unit="hour"),
        Timetable(count=1, unit="day", at=time(2, 30)),
        Timetable(count=3, unit="day"),
    ],
)
def test_slots_never_lie_ahead_never_go_back_and_never_wait_longer_than_a_period_and_a_change(
    timetable: Timetable, zone: ZoneInfo
) -> None:
    now = utc("2026-03-20T00:00:00")
    before = latest_slot(timetable, now=now, zone=zone)
    for _ in range(3 * 24 * 30):
        now += timedelta(minutes=20)
        ring = latest_slot(timetable, now=now, zone=zone)
        assert before <= ring <= now
        assert now - ring < timetable.period + timedelta(hours=1)
        assert latest_slot(timetable, now=ring, zone=zone) == ring
        before = ring
