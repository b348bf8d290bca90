"""Each entry goes with the first conversion at or after it, and with no other."""

from __future__ import annotations

import numpy as np

from catalogue.metrics.entries import Entries, attempts
from catalogue.metrics.instants import NEVER
from catalogue.metrics.ratio import ratio
from catalogue.metrics.shares import share


def test_entries_and_conversions_are_matched_as_by_hand() -> None:
    rng = np.random.default_rng(3)
    entries = Entries(places=rng.integers(0, 60, 200), at=rng.integers(0, 50, 200))
    places, at = rng.integers(0, 60, 90), rng.integers(0, 50, 90)
    found = attempts(entries, places, at)
    for place, start, reached in zip(entries.places, entries.at, found.reached, strict=True):
        later = at[(places == place) & (at >= start)]
        assert reached == (later.min() if len(later) else NEVER)
    assert (found.reached == NEVER).any()
    assert (found.reached == entries.at).any()


def test_without_conversions_nobody_has_reached_it() -> None:
    entries = Entries(places=np.array([4, 2]), at=np.array([7, 9]))
    nothing = np.zeros(0, dtype=np.int64)
    assert attempts(entries, nothing, nothing).reached.tolist() == [NEVER, NEVER]


def test_a_ratio_is_sum_by_sum_with_an_interval_that_holds() -> None:
    rng = np.random.default_rng(5)
    holds = 0
    for _ in range(400):
        below = rng.poisson(3, 300).astype(float)
        above = below * rng.gamma(4, 5, 300)
        found = ratio(above, below, "EUR")
        assert found.value == above.sum() / below.sum()
        assert found.interval is not None
        holds += found.interval.low <= 20 <= found.interval.high
    # Of 400 intervals at 95 % within three standard errors of 380.
    assert 366 <= holds <= 394


def test_a_ratio_by_nothing_says_so() -> None:
    assert ratio(np.ones(20), np.zeros(20), "EUR").reason == "It would be divided by nothing."
    assert ratio(np.zeros(0), np.zeros(0), "EUR").value is None
    assert share(0, 0).value is None
