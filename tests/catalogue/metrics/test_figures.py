"""One pass over everybody gives each segment the figures that pandas finds in its own rows."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest

from catalogue.metrics.figures import Behaviour, behaviour, figures
from catalogue.metrics.instants import DAY
from catalogue.metrics.purchases import purchases
from catalogue.metrics.visits import visits

NOW = int(np.datetime64("2026-03-18T12:00", "us").astype("int64"))
SIZE = 600


@pytest.fixture(scope="module")
def orders() -> pd.DataFrame:
    rng = np.random.default_rng(17)
    who = rng.integers(0, SIZE - 50, 5_000)
    at = NOW - rng.integers(1, 90 * DAY, 5_000)
    paid = rng.gamma(2, 15, 5_000).round(2)
    return pd.DataFrame({"who": who, "at": at, "paid": paid})


@pytest.fixture(scope="module")
def everybody(orders: pd.DataFrame) -> Behaviour:
    who, at = orders["who"].to_numpy("uint32"), orders["at"].to_numpy()
    amounts = (orders["paid"] * 100).round().astype("int64").to_numpy() * 10_000
    bought = purchases(who, at, amounts, size=SIZE, now=NOW, zone=ZoneInfo("UTC"))
    return behaviour(visits(who, at, SIZE, NOW), NOW, bought)


def of(numbers: range) -> np.ndarray:
    return np.isin(np.arange(SIZE), numbers)


@pytest.mark.parametrize("members", [range(100), range(50, 80), range(500, SIZE)])
def test_the_figures_of_a_segment_are_those_of_its_own_rows(
    orders: pd.DataFrame, everybody: Behaviour, members: range
) -> None:
    found = {key: one.value for key, one in figures(everybody, of(members)).items()}
    rows = orders[orders["who"].isin(members)]
    age = (NOW - rows["at"]) / DAY
    month = set(rows["who"][age <= 28])
    before = set(rows["who"][(age > 28) & (age <= 56)])
    days = rows[age <= 28].assign(day=np.ceil(age[age <= 28])).groupby("who")["day"].nunique()
    assert found["active_share_1d"] == len(set(rows["who"][age <= 1])) / len(members)
    assert found["active_share_7d"] == len(set(rows["who"][age <= 7])) / len(members)
    assert found["active_share_28d"] == len(month) / len(members)
    assert found["active_days_28d"] == pytest.approx(days.sum() / len(members))
    assert found["stickiness"] == pytest.approx(days.mean() / 28)
    assert found["churn_28d"] == pytest.approx(len(before - month) / len(before))
    assert found["clv_realised"] == pytest.approx(rows["paid"].sum() / len(members))
    assert found["clv_12_months"] is not None


def test_figures_of_few_people_are_hidden_each_by_its_own_number(everybody: Behaviour) -> None:
    found = figures(everybody, of(range(9)))
    assert {one.value for one in found.values()} == {None}
    assert all("fewer than 10 people" in one.reason for one in found.values())
    # Of twelve members, of whom the last three never came.
    some = figures(everybody, of(range(541, 553)))
    assert some["active_share_28d"].value is not None
    assert (some["churn_28d"].value, some["churn_28d"].n <= 9) == (None, True)
    assert figures(everybody, of(range(9)), fewest=5)["active_share_28d"].n == 9


def test_nobody_has_no_figures_and_says_so(everybody: Behaviour) -> None:
    found = figures(everybody, of(range(0)))
    assert {one.value for one in found.values()} == {None}
    assert found["active_share_28d"].reason == "There is nobody to measure."


def test_without_purchases_there_is_no_lifetime_value(orders: pd.DataFrame) -> None:
    seen = visits(orders["who"].to_numpy("uint32"), orders["at"].to_numpy(), SIZE, NOW)
    found = figures(behaviour(seen, NOW), of(range(100)))
    assert "churn_28d" in found
    assert not any(metric.startswith("clv") for metric in found)
