"""The curve and its median are those of a textbook, and of what is true in simulated lives."""

from __future__ import annotations

import math

import numpy as np
import pytest

from catalogue.definitions.errors import DefinitionError
from catalogue.metrics.conversion import Attempts
from catalogue.metrics.instants import DAY, NEVER
from catalogue.metrics.waiting import Waits, curve, median_wait, waits_until

# Remission under 6-MP (Freireich et al. 1963), in weeks; negative: still in remission.
REMISSION = np.array(
    [6, 6, 6, -6, 7, -9, 10, -10, -11, 13, 16, -17, -19, -20, 22, 23, -25, -32, -32, -34, -35]
)
TEXTBOOK = Waits(days=np.abs(REMISSION).astype(float), happened=REMISSION > 0)


def test_the_curve_is_the_one_in_the_textbooks() -> None:
    days = np.array([0, 5.9, 6, 7, 10, 13, 16, 22, 23, 30])
    found = curve(TEXTBOOK, days, fewest=1)
    expected = [1, 1, 0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448, 0.448]
    assert [round(float(one), 3) for one in found.share] == expected
    assert found.at_risk.tolist() == [21, 21, 21, 17, 15, 12, 11, 7, 6, 4]
    # Greenwood on the log-log scale, as survfit(conf.type = "log-log") has it at 6 weeks.
    assert (found.low[2], found.high[2]) == pytest.approx((0.620, 0.952), abs=0.001)


def test_the_median_is_the_one_in_the_textbooks() -> None:
    reading = median_wait(TEXTBOOK)
    assert (reading.value, reading.n, reading.unit) == (23, 21, "days")
    assert reading.interval is not None
    assert reading.interval.low == 13
    assert math.isinf(reading.interval.high)


def test_without_anybody_still_waiting_the_median_is_the_plain_one() -> None:
    days = np.arange(1.0, 102.0)
    assert median_wait(Waits(days=days, happened=np.ones(101, dtype=bool))).value == 51


def test_there_is_no_median_before_half_have_got_there() -> None:
    happened = np.arange(100) < 40
    reading = median_wait(Waits(days=np.full(100, 9.0), happened=happened))
    assert (reading.value, reading.reason) == (None, "Fewer than half have got there.")
    nobody = median_wait(Waits(days=np.zeros(0), happened=np.zeros(0, dtype=bool)))
    assert (nobody.value, nobody.n) == (None, 0)


def test_intervals_of_the_median_hold_the_true_one_in_about_95_of_100() -> None:
    rng = np.random.default_rng(3)
    held = 0
    for _ in range(100):
        true, censored = rng.exponential(10, 150), rng.uniform(0, 60, 150)
        interval = median_wait(
            Waits(days=np.minimum(true, censored), happened=true <= censored)
        ).interval
        assert interval is not None
        held += interval.low <= 10 * math.log(2) <= interval.high
    assert 89 <= held <= 99


def test_those_who_wait_still_are_watched_until_now() -> None:
    started = np.array([0, 0, 5, 8, 11]) * DAY
    reached = np.array([3 * DAY, NEVER, 12 * DAY, 7 * DAY, NEVER])
    waits = waits_until(Attempts(started=started, reached=reached), now=10 * DAY)
    # Reached after now or before the start is not reached; who starts after now is not there.
    assert waits.days.tolist() == [3, 10, 5, 2]
    assert waits.happened.tolist() == [True, False, False, False]


def test_the_curve_ends_where_few_are_left_and_hides_few() -> None:
    days = np.array([1.0, 11.0, 12.0, 30.0])
    waits = Waits(days=np.arange(1.0, 21.0), happened=np.ones(20, dtype=bool))
    assert curve(waits, days).days.tolist() == [1, 11]
    hidden = curve(Waits(days=np.arange(9.0), happened=np.ones(9, dtype=bool)), days)
    assert (len(hidden.share), hidden.reason) == (
        0,
        "Fewer than 10 people, so the curve is hidden.",
    )


def test_waits_that_cannot_be_are_refused_with_their_place() -> None:
    for days, happened, place in (([-1.0], [True], "/days"), ([1.0], [], "/happened")):
        with pytest.raises(DefinitionError, match=f"^{place}: "):
            Waits(days=np.array(days), happened=np.array(happened, dtype=bool))
