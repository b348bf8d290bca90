"""Bounds for local times and instants of local days, around every kind of clock change."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from catalogue.definitions.windows import EARLIEST, LATEST, instant_of, local_day
from catalogue.engine.local_times import Span, first_local_from, instants_of_days, naive

# Places and times of gaps and folds: an hour, half an hour, over midnight, a whole day, a sign.
CHANGES = [
    ("Europe/Berlin", datetime(2026, 3, 29, 1, tzinfo=UTC)),
    ("Europe/Berlin", datetime(2026, 10, 25, 1, tzinfo=UTC)),
    ("America/St_Johns", datetime(2006, 10, 29, 2, 31, tzinfo=UTC)),
    ("America/St_Johns", datetime(2006, 4, 2, 3, 31, tzinfo=UTC)),
    ("Pacific/Apia", datetime(2011, 12, 30, 10, tzinfo=UTC)),
    ("Australia/Lord_Howe", datetime(2026, 4, 4, 15, tzinfo=UTC)),
    ("America/Havana", datetime(2026, 3, 8, 5, tzinfo=UTC)),
    ("Asia/Manila", datetime(1844, 12, 31, 15, 56, 8, tzinfo=UTC)),
    ("America/Sao_Paulo", datetime(2018, 2, 18, 2, tzinfo=UTC)),
    ("Africa/Monrovia", datetime(1972, 1, 7, 0, 44, 30, tzinfo=UTC)),
]
near_changes = st.builds(
    lambda change, distance: (ZoneInfo(change[0]), change[1] + timedelta(microseconds=distance)),
    st.sampled_from(CHANGES),
    st.integers(-(10**11) * 2, 10**11 * 2) | st.integers(-3, 3),
)
distances = st.integers(-(10**11), 10**11) | st.integers(-3, 3)


@given(near_changes, distances)
def test_the_reading_of_local_times_never_runs_backwards(place, distance):
    zone, instant = place
    local = instant.astimezone(zone).replace(tzinfo=None)
    later = local + timedelta(microseconds=abs(distance))
    assert instant_of(local, zone) <= instant_of(later, zone)


@given(near_changes, distances)
@example((ZoneInfo("Europe/Berlin"), datetime(2026, 3, 29, 1, tzinfo=UTC)), 0)
def test_a_local_time_stands_for_an_instant_from_the_bound_on_exactly_when_it_is_not_less(
    place, distance
):
    zone, bound = place
    first = first_local_from(bound, zone)
    for local in (
        first + timedelta(microseconds=distance),
        first,
        first - timedelta(microseconds=1),
    ):
        assert (instant_of(local, zone) >= bound) == (local >= first)


@given(near_changes, distances, st.integers(-1, 1), st.sampled_from([0, 1, 2, 30, 400]))
def test_instants_of_days_are_those_whose_local_date_is_one_of_them(place, distance, ahead, length):
    zone, around = place
    first = local_day(around, zone) + timedelta(days=ahead)
    last = first + timedelta(days=length)
    instant = around + timedelta(microseconds=distance)
    spans = instants_of_days(first, last, zone)
    assert _inside(naive(instant), spans) == (first <= local_day(instant, zone) <= last)


def _inside(moment: datetime, spans: tuple[Span, ...]) -> bool:
    return any(
        (s.start is None or moment >= s.start) and (s.end is None or moment < s.end) for s in spans
    )


def test_a_day_left_and_entered_again_has_two_spans():
    spans = instants_of_days(date(2006, 10, 28), date(2006, 10, 28), ZoneInfo("America/St_Johns"))
    assert [(str(span.start), str(span.end)) for span in spans] == [
        ("2006-10-28 02:30:00", "2006-10-29 02:30:00"),
        ("2006-10-29 02:31:00", "2006-10-29 03:30:00"),
    ]


def test_a_day_that_never_was_has_no_instants():
    assert instants_of_days(date(2011, 12, 30), date(2011, 12, 30), ZoneInfo("Pacific/Apia")) == ()


@pytest.mark.parametrize("name", ["UTC", "Asia/Tokyo", "America/New_York"])
def test_the_ends_of_the_calendar_raise_nothing(name):
    zone = ZoneInfo(name)
    assert first_local_from(EARLIEST, zone) == naive(EARLIEST)
    first_local_from(LATEST, zone)
    assert instants_of_days(date.min, date.min, zone)
    assert instants_of_days(date.max, date.max, zone)
    assert len(instants_of_days(date.min, date.max, zone)) == 1
