"""Vectors of visits are what pandas makes of the same events; their windows are the language's."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from catalogue.definitions.errors import DefinitionError
from catalogue.metrics.instants import DAY, NEVER
from catalogue.metrics.visits import Visits, visits

NOW = 400 * DAY
SIZE = 400


@pytest.fixture(scope="module")
def events() -> pd.DataFrame:
    rng = np.random.default_rng(11)
    at = NOW - rng.integers(-2 * DAY, 100 * DAY, 6_000)
    # Some exactly on edges of windows and days.
    at[:500] = NOW - rng.integers(0, 60, 500) * DAY
    return pd.DataFrame({"who": rng.integers(0, SIZE - 30, 6_000).astype(np.uint32), "at": at})


@pytest.fixture(scope="module")
def seen(events: pd.DataFrame) -> Visits:
    return visits(events["who"].to_numpy(), events["at"].to_numpy(), SIZE, NOW)


def by_customer(found: pd.Series, nothing: int) -> list[int]:
    return found.reindex(range(SIZE)).fillna(nothing).astype("int64").tolist()


def test_first_and_last_are_those_of_pandas(events: pd.DataFrame, seen: Visits) -> None:
    each = events[events["at"] <= NOW].groupby("who")["at"]
    first, last = each.min().reindex(range(SIZE)), each.max().reindex(range(SIZE))
    there = first.notna().to_numpy()
    assert seen.first()[there].tolist() == first[there].astype("int64").tolist()
    assert seen.last()[there].tolist() == last[there].astype("int64").tolist()
    assert (seen.first()[~there] == NEVER).all()
    assert (seen.last()[~there] == NEVER).all()


@pytest.mark.parametrize("periods_ago", [0, 1, 2])
def test_who_was_active_in_a_period_is_what_pandas_finds(
    events: pd.DataFrame, seen: Visits, periods_ago: int
) -> None:
    start, end = NOW - (periods_ago + 1) * 28 * DAY, NOW - periods_ago * 28 * DAY
    at = events["at"]
    inside = (at >= start) & ((at < end) if periods_ago else (at <= end))
    found = np.flatnonzero(seen.active(28 * DAY, NOW, periods_ago))
    assert found.tolist() == sorted(events["who"][inside].unique())


def test_active_days_are_what_pandas_counts(events: pd.DataFrame, seen: Visits) -> None:
    near = events[(events["at"] <= NOW) & (events["at"] >= NOW - 28 * DAY)].copy()
    near["day"] = ((NOW - near["at"] - 1) // DAY).clip(lower=0)
    assert seen.active_days(28, NOW).tolist() == by_customer(
        near.groupby("who")["day"].nunique(), 0
    )
    assert seen.active_days(28, NOW).max() <= 28


def test_the_first_time_away_is_what_pandas_finds(events: pd.DataFrame, seen: Visits) -> None:
    quiet = 20 * DAY
    past = events[events["at"] <= NOW].sort_values(["who", "at"])
    following = past.groupby("who")["at"].shift(-1).fillna(NOW)
    gone = past[following - past["at"] >= quiet]
    expected = by_customer(gone.groupby("who")["at"].min() + quiet, -1)
    found = seen.first_quiet(quiet, NOW)
    assert np.where(found == NEVER, -1, found).tolist() == expected
    assert 0 < (found == NEVER).sum() < SIZE


def test_edges_of_windows_are_those_of_the_language() -> None:
    def periods(at: int) -> list[bool]:
        one = visits(np.zeros(1, dtype=np.uint32), np.array([at]), 1, NOW)
        return [bool(one.active(7 * DAY, NOW, ago)[0]) for ago in (0, 1, 2)]

    assert periods(NOW) == [True, False, False]
    assert periods(NOW - 7 * DAY) == [True, False, False]
    assert periods(NOW - 7 * DAY - 1) == [False, True, False]
    assert periods(NOW - 14 * DAY) == [False, True, False]
    assert periods(NOW - 14 * DAY - 1) == [False, False, True]
    assert periods(NOW + 1) == [False, False, False]


def test_nobody_and_no_event_are_vectors_too() -> None:
    nothing = np.zeros(0, dtype=np.int64)
    none = visits(nothing.astype(np.uint32), nothing, 3, NOW)
    assert none.active_days(28, NOW).tolist() == [0, 0, 0]
    assert none.active(DAY, NOW).tolist() == [False] * 3
    assert (none.first_quiet(DAY, NOW) == NEVER).all()
    assert len(visits(nothing.astype(np.uint32), nothing, 0, NOW).last()) == 0


def test_a_window_without_length_is_refused_with_its_place(seen: Visits) -> None:
    for ask, place in (
        (lambda: seen.active(0, NOW), "/window"),
        (lambda: seen.active_days(0, NOW), "/days"),
        (lambda: seen.first_quiet(-1, NOW), "/quiet_for"),
    ):
        with pytest.raises(DefinitionError, match=f"^{place}: The window has no length"):
            ask()
