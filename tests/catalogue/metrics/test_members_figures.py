"""Shares, conversion, churn, engagement and revenue of members: value, n, interval, method."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from catalogue.definitions.errors import DefinitionError
from catalogue.metrics.churn import waits_until_quiet
from catalogue.metrics.conversion import Attempts, conversion
from catalogue.metrics.engagement import Activity, Attendance, activity, engagement
from catalogue.metrics.figures import Behaviour, figures
from catalogue.metrics.instants import DAY, NEVER
from catalogue.metrics.means import mean
from catalogue.metrics.measured import Interval, Reading, shown
from catalogue.metrics.moments import Moments
from catalogue.metrics.revenue import one_currency, realised
from catalogue.metrics.shares import share, wilson
from catalogue.metrics.visits import visits

NOW = 100 * DAY


def ends(reading: Reading) -> tuple[float, float]:
    assert reading.interval is not None
    return reading.interval.low, reading.interval.high


def test_a_share_has_wilsons_interval() -> None:
    # Newcombe (1998), table I: 81 of 263, 15 of 148, 0 of 20, 1 of 29.
    for part, n, low, high in (
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ):
        reading = share(part, n)
        assert (reading.value, reading.n, reading.unit) == (part / n, n, "share")
        assert ends(reading) == pytest.approx((low, high), abs=0.00005)
    assert wilson(20, 20).high == 1.0


@pytest.mark.parametrize("level", [0.8, 0.95, 0.999])
@pytest.mark.parametrize("n", [1, 2, 10, 4_999, 10**9])
def test_wilsons_interval_is_that_of_statsmodels(n: int, level: float) -> None:
    for part in {0, 1, n // 3, n - 1, n}:
        expected = proportion_confint(part, n, alpha=1 - level, method="wilson")
        found = wilson(part, n, level)
        assert (found.low, found.high) == pytest.approx(expected, rel=1e-9, abs=1e-12)


def test_nobody_has_no_share_and_more_than_all_is_refused() -> None:
    assert (share(0, 0).value, share(0, 0).interval) == (None, None)
    assert share(0, 0).reason == "There is nobody to measure."
    with pytest.raises(DefinitionError, match="^/part: 3 of 2 people is no share"):
        share(3, 2)


def test_a_mean_has_students_interval() -> None:
    values = np.random.default_rng(2).gamma(2, 3, 50)
    reading = mean(values, "days")
    expected = stats.ttest_1samp(values, 0).confidence_interval(0.95)
    assert ends(reading) == pytest.approx((expected.low, expected.high))
    assert mean(values[:1], "days").interval is None
    assert mean(values[:0], "days").value is None


def test_numbers_of_few_people_are_hidden_with_the_reason() -> None:
    assert shown(share(3, 10)) == share(3, 10)
    hidden = shown(share(3, 9))
    assert (hidden.value, hidden.interval, hidden.n) == (None, None, 9)
    assert hidden.reason.startswith("Measured on fewer than 10 people, so the number is hidden")
    assert shown(share(3, 9), fewest=5).value == 1 / 3
    # There being nobody is no secret, and stays the reason.
    assert shown(share(0, 0)).reason == "There is nobody to measure."


def test_conversion_counts_only_those_whose_time_is_over() -> None:
    started = np.array([0, 0, 0, 95, 86, 0]) * DAY
    reached = np.array([14 * DAY, 14 * DAY + 1, NEVER, 96 * DAY, 100 * DAY, -1])
    reading = conversion(Attempts(started=started, reached=reached), within=14 * DAY, now=NOW)
    # On the last instant counts; early success of the fourth does not yet; before the start never.
    assert (reading.value, reading.n) == (2 / 5, 5)
    with pytest.raises(DefinitionError, match="^/goal/within: The window has no length"):
        conversion(Attempts(started=started, reached=reached), within=0, now=NOW)


def test_only_who_was_active_before_can_be_lost() -> None:
    before = np.array([True, True, True, True, False, False])
    now = np.array([True, True, True, False, True, False])
    there = Activity(day=now, week=now, month=now, days=now.astype(np.int64))
    reading = figures(Behaviour(activity=there, before=before), np.arange(6), fewest=1)["churn_28d"]
    assert (reading.value, reading.n) == (1 / 4, 4)
    nobody = Behaviour(activity=there, before=~before & now & before)
    assert figures(nobody, np.arange(6), fewest=1)["churn_28d"].value is None


def test_customers_stay_until_they_were_away_for_the_first_time() -> None:
    # One stays, one leaves on day 40, one is away and back, one never came, one comes later.
    ordinals = np.array([0, 0, 0, 0, 1, 1, 2, 2, 2, 4], dtype=np.uint32)
    days = np.array([20, 45, 70, 95, 30, 40, 10, 60, 99, 101])
    waits = waits_until_quiet(visits(ordinals, days * DAY, 5, NOW), 28 * DAY, NOW)
    assert waits.days.tolist() == [80, 38, 28]
    assert waits.happened.tolist() == [False, True, True]


def test_engagement_is_what_members_did_by_day_week_and_month() -> None:
    ordinals = np.array([0, 0, 0, 1, 1, 2, 4], dtype=np.uint32)
    hours = np.array([1, 2, 30, 100, 400, 700, 3])
    seen = visits(ordinals, NOW - hours * (DAY // 24), 5, NOW)
    found = engagement(
        Attendance.of(activity(seen, NOW).among(np.array([True, True, True, True, False])))
    )
    values = {name: reading.value for name, reading in found.items()}
    assert values == {
        "active_share_1d": 1 / 4,
        "active_share_7d": 2 / 4,
        "active_share_28d": 2 / 4,
        # Two days each of 28, of two who were there; half as many days over all four.
        "stickiness": pytest.approx(2 / 28),
        "active_days_28d": 1.0,
    }
    assert found["stickiness"].n == 2
    assert [reading.n for name, reading in found.items() if name != "stickiness"] == [4] * 4


def test_stickiness_is_daily_by_monthly_active() -> None:
    rng = np.random.default_rng(9)
    days = rng.integers(0, 28, 3_000)
    who = rng.integers(0, 200, 3_000).astype(np.uint32)
    seen = visits(who, NOW - days * DAY - DAY // 2, 250, NOW)
    daily = [len(set(who[days == day].tolist())) for day in range(28)]
    found = engagement(Attendance.of(activity(seen, NOW)))["stickiness"]
    assert found.value == pytest.approx(np.mean(daily) / len(set(who.tolist())))
    low, high = ends(found)
    assert 0 < low < found.value < high < 1


def test_nobody_active_has_no_stickiness() -> None:
    none = visits(np.zeros(0, dtype=np.uint32), np.zeros(0, dtype=np.int64), 3, NOW)
    reading = engagement(Attendance.of(activity(none, NOW)))["stickiness"]
    assert (reading.value, reading.reason) == (None, "Nobody was active in the last 28 days.")


def test_realised_revenue_is_a_mean_over_all_members_and_never_of_two_currencies() -> None:
    reading = realised(Moments.of(np.array([10, 0, 0, 30.5])))
    assert (reading.value, reading.n, reading.unit) == (10.125, 4, "money")
    assert one_currency(["EUR", "EUR"]) == "EUR"
    with pytest.raises(DefinitionError, match="^/value/currency: The amounts are in CHF, EUR and"):
        one_currency(["USD", "EUR", "CHF"])
    with pytest.raises(DefinitionError, match="No amount says its currency"):
        one_currency([])


def test_an_interval_says_its_level() -> None:
    assert wilson(1, 10).level == Interval(low=0, high=1).level == 0.95
