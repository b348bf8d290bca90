"""The clocks of a zone for whole arrays say what `windows` says of one instant after the other."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import hypothesis
import numpy as np
import pytest
from hypothesis import strategies as st

from catalogue.definitions import windows
from catalogue.definitions.nodes import Duration
from catalogue.engine.clocks import add_months, instants, local_days, local_times
from catalogue.engine.local_times import EPOCH, changes_of_clocks, microseconds, naive, offset_at

ZONES = (
    *("UTC", "Europe/Berlin", "America/New_York", "America/Sao_Paulo", "Australia/Lord_Howe"),
    *("Asia/Kathmandu", "Pacific/Apia", "Africa/Monrovia", "America/Scoresbysund", "Asia/Gaza"),
)
HOUR = timedelta(hours=1)


def numbers(moments: list[datetime]) -> np.ndarray:
    return np.array([microseconds(naive(each)) for each in moments], dtype=np.int64)


def of_locals(moments: list[datetime]) -> np.ndarray:
    return np.array([microseconds(each) for each in moments], dtype=np.int64)


def moments_near_changes(rng: Random, zone: ZoneInfo) -> list[datetime]:
    """Instants near changes of clocks, near ends of months, and anywhere in the calendar."""
    found = []
    for _ in range(30):
        year = rng.choice([1916, 1945, 1987, 2000, 2011, 2018, 2026, 2031, 2500, 9998])
        day = datetime(year, rng.randint(1, 12), rng.randint(1, 28), tzinfo=UTC)
        changes = changes_of_clocks(day.date(), zone)
        anchor = rng.choice(changes or [day, day + timedelta(days=4)])
        found.append(anchor + rng.choice([timedelta(0), HOUR, -HOUR, timedelta(microseconds=-1)]))
    whole = (windows.LATEST - windows.EARLIEST).days
    found += [windows.EARLIEST + timedelta(days=rng.randrange(whole)) for _ in range(10)]
    return [*found, windows.EARLIEST, windows.LATEST, windows.LATEST - 30 * HOUR]


@hypothesis.settings(max_examples=25, deadline=None, phases=[hypothesis.Phase.generate])
@hypothesis.given(st.randoms(use_true_random=True), st.sampled_from(ZONES))
def test_many_instants_are_read_as_one_is(rng: Random, name: str) -> None:
    zone = ZoneInfo(name)
    moments = moments_near_changes(rng, zone)
    shown = [windows._to_local(each, zone) for each in moments]
    at = numbers(moments)

    assert local_times(at, zone).tolist() == of_locals(shown).tolist()
    dates = [EPOCH.toordinal() + int(day) for day in local_days(at, zone)]
    assert dates == [windows.local_day(each, zone).toordinal() for each in moments]


@hypothesis.settings(max_examples=25, deadline=None, phases=[hypothesis.Phase.generate])
@hypothesis.given(st.randoms(use_true_random=True), st.sampled_from(ZONES))
def test_many_local_times_are_placed_as_one_is(rng: Random, name: str) -> None:
    zone = ZoneInfo(name)
    shown = [windows._to_local(each, zone) for each in moments_near_changes(rng, zone)]
    # Also what clocks skip.
    shown += [each + rng.choice([-1, 1]) * HOUR / 2 for each in shown if 1 < each.year < 9999]

    expected = numbers([windows.instant_of(each, zone) for each in shown])
    assert instants(of_locals(shown), zone).tolist() == expected.tolist()


@hypothesis.settings(max_examples=25, deadline=None, phases=[hypothesis.Phase.generate])
@hypothesis.given(
    st.randoms(use_true_random=True),
    st.sampled_from(ZONES),
    st.sampled_from([1, 2, 6, 12, 13, 600, 119_988, 10**9]),
)
def test_months_are_added_to_many_instants_as_to_one(rng: Random, name: str, months: int) -> None:
    zone = ZoneInfo(name)
    moments = moments_near_changes(rng, zone)
    duration = Duration(count=months, unit="month")
    for sign in (-1, 1):
        expected = numbers([windows.shift(each, duration, zone, sign=sign) for each in moments])
        assert add_months(numbers(moments), sign * months, zone).tolist() == expected.tolist()


@pytest.mark.parametrize("name", ["America/Recife", "Asia/Gaza", "Africa/Tunis", "Europe/Dublin"])
def test_no_change_of_clocks_is_overlooked(name: str) -> None:
    """Zones that changed their clocks within a week or two, every six hours of the years."""
    zone = ZoneInfo(name)
    start, end = (microseconds(EPOCH.replace(year=year)) for year in (1930, 2010))
    at = np.arange(start, end, 6 * 3_600_000_000)
    offsets = np.array([offset_at(int(each), zone) for each in at])
    assert np.array_equal(local_times(at, zone), at + offsets)


def test_nothing_is_nothing() -> None:
    nobody = np.array([], dtype=np.int64)
    for zone in map(ZoneInfo, ZONES):
        assert len(local_times(nobody, zone)) == len(add_months(nobody, 1, zone)) == 0
