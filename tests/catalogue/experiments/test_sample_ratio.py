"""Arms that are not as they were drawn are noticed; chance is left alone."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from catalogue.definitions.errors import DefinitionError
from catalogue.experiments.sample_ratio import check_ratio
from tests.catalogue.experiments.ground import split


def test_the_check_is_the_chi_square_of_the_shares() -> None:
    check = check_ratio(split(60, 30, holdout=10), [6_100, 2_900])
    assert check.expected == pytest.approx((6_000, 3_000))
    assert check.p_value == pytest.approx(stats.binomtest(2_900, 9_000, 1 / 3).pvalue, rel=0.05)
    assert not check.is_off


def test_a_lost_twentieth_of_one_arm_is_noticed() -> None:
    assert check_ratio(split(50, 50), [10_000, 9_500]).is_off
    assert not check_ratio(split(50, 50), [10_000, 9_800]).is_off


def test_chance_alone_is_called_broken_once_in_a_thousand() -> None:
    rng = np.random.default_rng(1)
    dealt = split(50, 25, 25)
    off = [check_ratio(dealt, row).is_off for row in rng.multinomial(900, [0.5, 0.25, 0.25], 3_000)]
    assert sum(off) <= 8


@pytest.mark.parametrize(
    ("observed", "said"),
    [
        ([1, 2, 3], "/arms: Each arm needs the number of its people."),
        ([-1, 2], "/arms: Each arm needs the number of its people."),
        ([0, 0], "/segment: The arms hold nobody."),
    ],
)
def test_counts_that_cannot_be_are_refused(observed: list[int], said: str) -> None:
    with pytest.raises(DefinitionError) as refused:
        check_ratio(split(50, 50), observed)
    assert str(refused.value) == said
