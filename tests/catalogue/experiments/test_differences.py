"""Effects agree with statsmodels and scipy, and with themselves."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.proportion import confint_proportions_2indep

from catalogue.definitions.errors import DefinitionError
from catalogue.experiments.differences import (
    Counts,
    level_for,
    mean_effect,
    p_values,
    share_effect,
)
from tests.catalogue.experiments.exactly import chance_of_a_call

PAIRS = [((120, 1000), (160, 1000)), ((0, 50), (3, 40)), ((9, 10), (10, 10)), ((50, 900), (20, 90))]


@pytest.mark.parametrize(("control", "treated"), PAIRS)
def test_the_interval_is_that_of_statsmodels_and_one_step_of_a_person(
    control: tuple[int, int], treated: tuple[int, int]
) -> None:
    effect = share_effect(
        Counts(reached=control[0], n=control[1]), Counts(reached=treated[0], n=treated[1])
    )
    low, high = confint_proportions_2indep(*treated, *control, method="agresti-caffo")
    step = (1 / control[1] + 1 / treated[1]) / 2
    assert effect.interval.low == pytest.approx(low - step)
    assert effect.interval.high == pytest.approx(high + step)
    assert effect.value == pytest.approx(treated[0] / treated[1] - control[0] / control[1])
    assert (effect.control_n, effect.treated_n) == (control[1], treated[1])


def test_the_p_value_is_near_that_of_the_corrected_chi_square() -> None:
    for (x, n), (y, m) in PAIRS[:1]:
        ours = float(p_values(Counts(reached=x, n=n), Counts(reached=y, n=m)))
        theirs = stats.chi2_contingency([[x, n - x], [y, m - y]], correction=True).pvalue
        assert ours == pytest.approx(theirs, rel=0.05)


def test_interval_and_p_value_never_disagree() -> None:
    for n in (7, 60):
        for x in range(n + 1):
            for y in range(0, n + 1, 3):
                effect = share_effect(Counts(n=n, reached=x), Counts(n=n, reached=y))
                assert effect.is_called == (effect.p_value < 0.05)


@pytest.mark.parametrize("n", [10, 50, 400])
@pytest.mark.parametrize("ratio", [1, 4])
def test_without_an_effect_at_most_one_in_twenty_is_called_exactly(n: int, ratio: int) -> None:
    for p in (0.01, 0.05, 0.2, 0.5, 0.9):
        assert chance_of_a_call((n * ratio, p), (n, p)) <= 0.05


def test_the_difference_of_means_is_that_of_scipy() -> None:
    rng = np.random.default_rng(4)
    control, treated = rng.gamma(1, 20, 300), rng.gamma(1, 26, 90)
    theirs = stats.ttest_ind(treated, control, equal_var=False)
    between = theirs.confidence_interval(0.95)
    effect = mean_effect(control, treated)
    assert effect.p_value == pytest.approx(theirs.pvalue)
    assert (effect.interval.low, effect.interval.high) == pytest.approx((between.low, between.high))
    assert effect.value == pytest.approx(treated.mean() - control.mean())
    assert effect.is_called == (effect.p_value < 0.05)


def test_several_comparisons_hold_together() -> None:
    assert (level_for(1), level_for(5)) == (0.95, pytest.approx(0.99))
    effect = share_effect(*(Counts(n=100, reached=x) for x in (10, 22)), level=level_for(3))
    assert effect.interval.level == pytest.approx(1 - 0.05 / 3)


def test_arms_that_cannot_be_compared_are_refused() -> None:
    with pytest.raises(DefinitionError, match="^/arms: An arm holds nobody"):
        Counts(n=0, reached=0)
    with pytest.raises(DefinitionError, match="^/arms: More have reached the goal"):
        Counts(n=3, reached=4)
    with pytest.raises(DefinitionError, match="^/arms: An arm holds fewer than two"):
        mean_effect(np.ones(1), np.ones(5))
    with pytest.raises(DefinitionError, match="^/metric: Everybody has the same number"):
        mean_effect(np.ones(4), np.ones(5))
