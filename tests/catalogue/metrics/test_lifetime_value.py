"""The models give the published numbers of CDNOW, and the forecast says when there is none."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import hyp2f1

from catalogue.metrics import bgnbd, gamma_gamma
from catalogue.metrics.lifetime_value import fit, forecast, predicted
from catalogue.metrics.measured import NotMeasured
from catalogue.metrics.moments import Moments
from tests.catalogue.metrics.cdnow_sample import CALIBRATED, CUSTOMERS, END, purchases_up_to

ONE = np.array([3]), np.array([20.0]), np.array([30.0])


def test_bg_nbd_finds_the_parameters_published_for_cdnow() -> None:
    model = fit(purchases_up_to(CALIBRATED)).buying
    found = [round(one, 3) for one in (model.r, model.alpha, model.a, model.b)]
    assert found == [0.243, 4.414, 0.793, 2.426]
    assert round(model.log_likelihood, 1) == -9582.4


def test_gamma_gamma_finds_the_parameters_published_for_cdnow() -> None:
    model = fit(purchases_up_to(CALIBRATED)).spending
    assert [round(one, 2) for one in (model.p, model.q, model.gamma)] == [6.25, 3.74, 15.44]


def test_spending_expected_is_the_mean_of_simulated_customers_like_these() -> None:
    model = gamma_gamma.GammaGamma(p=6.25, q=3.74, gamma=15.44, log_likelihood=0.0)
    rng = np.random.default_rng(3)
    rate = rng.gamma(model.q, 1 / model.gamma, 400_000)
    x = rng.integers(0, 4, len(rate))
    # The mean of x amounts, each Gamma(p, rate); that of future ones is p/rate.
    mean = np.where(x > 0, rng.gamma(model.p * np.maximum(x, 1)) / rate / np.maximum(x, 1), 0.0)
    expected, true = model.expected(x, mean), model.p / rate
    assert expected[x == 0][0] == pytest.approx(6.25 * 15.44 / 2.74)
    for some in (x == 0, (x == 1) & (mean < 20), (x == 3) & (mean > 50)):
        assert expected[some].mean() == pytest.approx(true[some].mean(), rel=0.02)


def test_the_currency_of_the_amounts_changes_nothing_but_gamma() -> None:
    bought = purchases_up_to(CALIBRATED)
    cents = gamma_gamma.fit(bought.frequency, bought.repeat_mean() * 100)
    assert (cents.p, cents.q) == pytest.approx((6.25, 3.74), abs=0.01)
    assert cents.gamma == pytest.approx(1544, abs=1)


def test_customers_of_each_frequency_are_expected_to_buy_as_often_as_published() -> None:
    bought = purchases_up_to(CALIBRATED)
    expected = fit(bought).buying.expected(39, bought.frequency, bought.recency, bought.age)
    by_frequency = [float(expected[bought.frequency == x].mean()) for x in range(7)]
    by_frequency.append(float(expected[bought.frequency >= 7].mean()))
    assert [round(one, 2) for one in by_frequency] == [
        0.23, 0.52, 1.04, 1.52, 2.16, 2.65, 3.50, 6.16,
    ]  # fmt: skip
    one = fit(bought).buying.expected(39, np.array([2]), np.array([30.43]), np.array([38.86]))
    assert one[0] == pytest.approx(1.226, abs=0.0005)


def test_78_weeks_come_out_as_near_to_the_forecast_as_published() -> None:
    after = purchases_up_to(END)
    buying = fit(purchases_up_to(CALIBRATED)).buying
    # Of somebody new, over the whole time since the first purchase.
    new = np.zeros(CUSTOMERS, dtype=np.int64)
    expected = buying.expected(after.age, new, np.zeros(CUSTOMERS), np.zeros(CUSTOMERS))
    assert int(purchases_up_to(CALIBRATED).frequency.sum()) == 2_457
    assert int(after.frequency.sum()) == 4_339
    assert round(float(expected.sum())) == 4_161


def test_expectation_is_what_simulated_customers_of_the_model_do() -> None:
    model = bgnbd.BgNbd(r=0.8, alpha=6.0, a=1.5, b=4.0, log_likelihood=0.0)
    rng = np.random.default_rng(1)
    frequency, recency, later = _simulated(model, rng, 100_000, until=30.0, weeks=20.0)
    age = np.full(len(frequency), 30.0)
    expected = model.expected(20.0, frequency, recency, age)
    for x in (0, 1, 3):
        some = frequency == x
        assert expected[some].mean() == pytest.approx(later[some].mean(), rel=0.04)
    fitted = bgnbd.fit(frequency[:20_000], recency[:20_000], age[:20_000])
    assert (fitted.r, fitted.alpha) == pytest.approx((0.8, 6.0), rel=0.1)


def test_every_sample_of_such_customers_is_fitted() -> None:
    """A search that stops one rounding before the top has found it."""
    model = bgnbd.BgNbd(r=0.8, alpha=6.0, a=1.5, b=4.0, log_likelihood=0.0)
    for seed in range(25):
        rng = np.random.default_rng(seed)
        frequency, recency, _ = _simulated(model, rng, 2_000, until=30.0, weeks=0.0)
        fitted = bgnbd.fit(frequency, recency, np.full(2_000, 30.0))
        assert (fitted.r, fitted.alpha) == pytest.approx((0.8, 6.0), rel=0.5), seed
        spent = rng.gamma(6.0 * np.maximum(frequency, 1), 1 / rng.gamma(4.0, 1 / 15.0, 2_000))
        spending = gamma_gamma.fit(frequency, spent / np.maximum(frequency, 1))
        assert 1 < spending.q < 40, seed


def _simulated(
    model: bgnbd.BgNbd, rng: np.random.Generator, n: int, *, until: float, weeks: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rate = rng.gamma(model.r, 1 / model.alpha, n)
    leaves = rng.beta(model.a, model.b, n)
    at, alive = np.zeros(n), np.ones(n, dtype=bool)
    frequency, recency, later = np.zeros(n, dtype=np.int64), np.zeros(n), np.zeros(n)
    while alive.any():
        at = at + rng.exponential(1 / rate)
        alive = alive & (at <= until + weeks)
        early = alive & (at <= until)
        frequency[early] += 1
        recency[early] = at[early]
        later[alive & ~early] += 1
        alive = alive & (rng.random(n) >= leaves)
    return frequency, recency, later


def test_the_forecast_is_the_papers_and_holds_for_very_frequent_customers() -> None:
    model = bgnbd.BgNbd(r=0.243, alpha=4.414, a=0.793, b=2.426, log_likelihood=0.0)
    x, recency, age, t = 3, 20.0, 30.0, 26.0
    late = model.alpha + age
    paper = (model.a + model.b + x - 1) / (model.a - 1)
    paper *= 1 - (late / (late + t)) ** (model.r + x) * hyp2f1(
        model.r + x, model.b + x, model.a + model.b + x - 1, t / (late + t)
    )
    paper /= 1 + model.a / (model.b + x - 1) * (late / (model.alpha + recency)) ** (model.r + x)
    ours = model.expected(t, np.array([x]), np.array([recency]), np.array([age]))
    assert ours[0] == pytest.approx(paper)
    # Somebody who comes every hour goes on for as long as each purchase loses one in 16,000.
    busy = model.expected(52.0, np.array([5_000]), np.array([30.0]), np.array([30.0]))
    assert 0.6 < busy[0] / (5_000 / 34.4 * 52) < 1
    # At a = 1 the form has a gap, its neighbours none.
    around = [replace(model, a=a).expected(t, *ONE)[0] for a in (1 - 1e-4, 1.0, 1 + 1e-4)]
    assert around[1] == pytest.approx((around[0] + around[2]) / 2, rel=1e-6)


def test_customers_who_never_go_are_foretold_at_their_rate() -> None:
    rng = np.random.default_rng(7)
    frequency = rng.poisson(rng.gamma(2, 1 / 8, 5_000) * 40)
    recency = np.where(frequency > 0, 40 * rng.random(5_000) ** (1 / np.maximum(frequency, 1)), 0)
    model = bgnbd.fit(frequency, recency, np.full(5_000, 40.0))
    expected = model.expected(40.0, frequency, recency, np.full(5_000, 40.0))
    assert expected.sum() == pytest.approx(frequency.sum(), rel=0.03)


def test_a_forecast_is_the_mean_over_members_of_models_fitted_on_everybody() -> None:
    bought = purchases_up_to(CALIBRATED)
    each = fit(bought).value(bought)
    some = bought.frequency >= 5
    foretold = forecast(bought)
    assert foretold.value is not None
    reading = predicted(foretold, Moments.of(foretold.value[some]), int(some.sum()))
    assert reading.value == pytest.approx(float(each[some].mean()))
    assert (reading.n, reading.unit) == (int(some.sum()), "money")
    assert predicted(foretold, Moments.of(foretold.value), CUSTOMERS).value < reading.value
    assert reading.interval is not None
    assert reading.interval.low < reading.value < reading.interval.high


def test_nothing_is_foretold_of_those_who_never_bought() -> None:
    bought = purchases_up_to(CALIBRATED)
    nobody_yet = bought.bought.copy()
    nobody_yet[:10] = False
    value = fit(bought).value(replace(bought, bought=nobody_yet))
    assert not value[:10].any()
    assert (value[10:] > 0).all()


def test_a_forecast_without_repeated_purchases_says_why_there_is_none() -> None:
    bought = purchases_up_to(CALIBRATED)
    once = replace(bought, frequency=np.zeros_like(bought.frequency))
    nothing = forecast(once)
    assert nothing.value is None
    reading = predicted(nothing, None, CUSTOMERS)
    assert (reading.value, reading.n) == (None, CUSTOMERS)
    assert reading.reason == "Only 0 customers have bought again. A forecast needs 50."
    with pytest.raises(NotMeasured, match="paid again"):
        gamma_gamma.fit(bought.frequency, np.zeros(CUSTOMERS))


def test_customers_who_spend_alike_are_foretold_the_mean() -> None:
    frequency = np.arange(600) % 11 + 1
    # What differs between them is what differs between purchases of one of them.
    mean = 30 * (1 + 0.3 * np.where(np.arange(600) % 2, 1, -1) / np.sqrt(frequency))
    model = gamma_gamma.fit(frequency, mean)
    assert model.q > 1_000
    assert model.expected(frequency, mean) == pytest.approx(np.full(600, 30.0), rel=0.03)


def test_amounts_that_do_not_vary_are_no_model() -> None:
    bought = purchases_up_to(CALIBRATED)
    with pytest.raises(NotMeasured, match="do not fit the model"):
        gamma_gamma.fit(bought.frequency, np.where(bought.frequency > 0, 20.0, 0.0))
