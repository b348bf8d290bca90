"""Days as bits say of everybody what their events say, in whatever order these come."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from lifelines import KaplanMeierFitter

from catalogue.engine.streams import EventRows
from catalogue.metrics.days import DAYS, Days
from catalogue.metrics.instants import DAY
from catalogue.metrics.staying import Stays, curve, points, staying, stays, tally
from catalogue.metrics.visits import visits

NOW = int(np.datetime64("2026-03-18T12:00", "us").astype("int64"))
SIZE = 400
EVERYONE = np.ones(SIZE, dtype=bool)


def seen(who: np.ndarray, at: np.ndarray) -> Days:
    """The days of these events, handed over in some batches, the newest first."""
    days = Days(size=SIZE, now=NOW)
    order = np.argsort(at)
    for some in np.array_split(order, 7)[::-1]:
        days.add(EventRows(places=who[some].astype(np.intp), at=at[some]))
    return days


@pytest.fixture(scope="module")
def events() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(7)
    who = rng.integers(0, SIZE - 40, 6_000)
    # Few are there all the time, many come a few times.
    age = rng.exponential(60, 6_000) * DAY
    exact = np.array([0, 1, 7, 28, 56]) * DAY
    at = NOW - np.concatenate([age.astype(np.int64), exact, exact + 1, exact - 1])
    at = np.minimum(at, NOW)
    return np.concatenate([who, np.arange(15)]), at


def test_activity_is_that_of_visits_to_the_microsecond(
    events: tuple[np.ndarray, np.ndarray],
) -> None:
    days, whole = seen(*events), visits(events[0].astype(np.uint32), events[1], SIZE, NOW)
    found = days.activity()
    assert (found.day == whole.active(DAY, NOW)).all()
    assert (found.week == whole.active(7 * DAY, NOW)).all()
    assert (found.month == whole.active(28 * DAY, NOW)).all()
    assert (found.days == whole.active_days(28, NOW)).all()
    assert (days.active(28, 28) == whole.active(28 * DAY, NOW, periods_ago=1)).all()


def slow_stays(who: np.ndarray, at: np.ndarray) -> dict[int, tuple[int, bool]]:
    """Day by day, as one would count with a calendar."""
    age = np.maximum((NOW - at - 1) // DAY, 0)
    found = {}
    for person, ages in pd.Series(age).groupby(who):
        days = sorted(set(ages), reverse=True)
        following = [*days[1:], -1]
        gaps = [day for day, after in zip(days, following, strict=True) if day - after - 1 >= 28]
        first = days[0]
        found[int(person)] = (first - gaps[0] + 28, True) if gaps else (first, False)
    return found


def test_a_stay_ends_with_the_first_28_days_without_a_visit(
    events: tuple[np.ndarray, np.ndarray],
) -> None:
    found = stays(seen(*events))
    expected = slow_stays(*events)
    came = set(np.flatnonzero(found.came).tolist())
    assert came == set(expected)
    assert {one: (int(found.days[one]), bool(found.ended[one])) for one in came} == expected
    assert {ended for _, ended in expected.values()} == {True, False}


def test_the_curve_is_that_of_lifelines(events: tuple[np.ndarray, np.ndarray]) -> None:
    found = stays(seen(*events))
    read = curve(tally(found, EVERYONE))
    fitted = KaplanMeierFitter().fit(found.days[found.came], found.ended[found.came])
    ends = fitted.confidence_interval_.reindex(read.days, method="ffill").to_numpy()
    shares = fitted.survival_function_at_times(read.days).to_numpy()
    np.testing.assert_allclose(read.share, shares, atol=1e-12)
    np.testing.assert_allclose(read.low, ends[:, 0], atol=1e-12)
    np.testing.assert_allclose(read.high, ends[:, 1], atol=1e-12)
    watched = [(found.days[found.came] >= day).sum() for day in read.days]
    assert read.at_risk.tolist() == watched
    at_84 = shares[read.days.tolist().index(84)]
    assert staying(read).value == pytest.approx(at_84)
    assert points(read)[0] == [0.0, 1.0, 1.0, 1.0, float(read.n)]


def test_who_came_before_all_that_is_looked_at_has_no_stay() -> None:
    at = NOW - np.array([(DAYS + 3) * DAY, 5 * DAY, 9 * DAY])
    found = stays(seen(np.array([0, 0, 1]), at))
    assert found.came[:2].tolist() == [False, True]


def test_a_curve_ends_where_few_are_watched_and_says_so_when_nobody_is() -> None:
    days = np.full(SIZE, 20)
    days[:12] = 100
    known = Stays(days=days, ended=np.zeros(SIZE, dtype=bool), came=EVERYONE)
    assert curve(tally(known, EVERYONE), fewest=12).days.max() == 84
    hidden = curve(tally(known, EVERYONE & (np.arange(SIZE) < 9)), fewest=10)
    assert "Fewer than 10 people" in hidden.reason
    assert staying(hidden).value is None
