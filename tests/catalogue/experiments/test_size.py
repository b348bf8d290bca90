"""The size is that of the textbooks for the test that is made, and gives the power it promises."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.power import NormalIndPower, TTestIndPower
from statsmodels.stats.proportion import proportion_effectsize

from catalogue.definitions.errors import DefinitionError
from catalogue.experiments.aims import MeanAim, ShareAim, base_rate_of
from catalogue.experiments.differences import mean_effect
from catalogue.experiments.size import needed_size, people_needed
from catalogue.metrics.shares import share
from tests.catalogue.experiments.exactly import chance_of_a_call
from tests.catalogue.experiments.ground import split

AIM = ShareAim(base_rate=0.10, effect=0.02)


def test_the_size_is_near_that_of_statsmodels_for_the_plain_test() -> None:
    for base, effect in ((0.1, 0.02), (0.25, 0.05), (0.5, -0.05)):
        aim = ShareAim(base_rate=base, effect=effect, power=0.8)
        size = proportion_effectsize(base + effect, base)
        plain = NormalIndPower().solve_power(size, power=0.8, alpha=0.05)
        # The correction takes about 2/|effect| people more in each arm.
        assert people_needed(split(50, 50), aim) / 2 == pytest.approx(
            plain + 2 / abs(effect), rel=0.01
        )


def test_the_size_is_near_that_of_the_formula_of_fleiss() -> None:
    for base, effect in ((0.6, 0.1), (0.05, 0.03)):
        after = base + effect
        errors = stats.norm.isf(0.025) + stats.norm.isf(0.2)
        plain = errors**2 * (base * (1 - base) + after * (1 - after)) / effect**2
        corrected = plain / 4 * (1 + math.sqrt(1 + 4 / (plain * effect))) ** 2
        aim = ShareAim(base_rate=base, effect=effect, power=0.8)
        assert people_needed(split(50, 50), aim) / 2 == pytest.approx(corrected, rel=0.02)


@pytest.mark.parametrize("base", [0.005, 0.03, 0.1, 0.3, 0.6, 0.9])
@pytest.mark.parametrize("shares", [(50, 50), (80, 20), (25, 75)])
@pytest.mark.parametrize("direction", [1, -1])
def test_the_planned_effect_is_called_as_often_as_promised(
    base: float, shares: tuple[int, int], direction: int
) -> None:
    aim = ShareAim(base_rate=base, effect=direction * 0.3 * min(base, 1 - base))
    size = needed_size(split(*shares), 10**6, aim)
    chance = chance_of_a_call((size.arms["control"], base), (size.arms["a"], base + aim.effect))
    assert 0.80 < chance < 0.84


def test_the_size_for_a_mean_is_that_of_statsmodels_and_gives_the_power() -> None:
    aim = MeanAim(spread=40, effect=6, power=0.8)
    people = people_needed(split(75, 25), aim)
    theirs = TTestIndPower().solve_power(6 / 40, power=0.8, alpha=0.05, ratio=1 / 3)
    assert people == pytest.approx(theirs / 0.75, abs=5)
    rng = np.random.default_rng(2)
    control = rng.gamma(1, 40, (400, int(people * 0.75)))
    treated = rng.gamma(1, 40, (400, int(people * 0.25))) + 6
    called = [mean_effect(*both).is_called for both in zip(control, treated, strict=True)]
    assert np.mean(called) == pytest.approx(0.8, abs=0.06)
    found = needed_size(split(75, 25), 1_000, aim).findable
    assert found == pytest.approx(6 * (people / 1_000) ** 0.5, rel=0.01)
    with pytest.raises(DefinitionError, match="^/spread: The numbers of people must differ"):
        MeanAim(spread=0, effect=1)


def test_more_arms_a_holdout_and_looking_often_take_more_people() -> None:
    plain = people_needed(split(50, 50), AIM)
    assert people_needed(split(40, 40, holdout=20), AIM) == pytest.approx(plain / 0.8, abs=2)
    assert people_needed(split(25, 25, 25, 25), AIM) > 2 * plain
    assert people_needed(split(90, 10), AIM) > 2 * plain
    often = ShareAim(base_rate=0.10, effect=0.02, is_sequential=True)
    assert 1.5 < people_needed(split(50, 50), often) / plain < 2.1


def test_a_size_says_whether_the_segment_is_enough_and_for_what() -> None:
    small = needed_size(split(50, 50), 3_000, AIM)
    assert not small.is_enough
    assert small.findable is not None
    assert small.findable > AIM.effect
    found = ShareAim(base_rate=0.10, effect=small.findable)
    assert people_needed(split(50, 50), found) == pytest.approx(3_000, abs=2)
    assert needed_size(split(50, 50), small.people, AIM).is_enough
    down = needed_size(split(50, 50), 3_000, ShareAim(base_rate=0.10, effect=-0.02))
    assert down.findable is not None
    assert down.findable < -0.02
    assert needed_size(split(50, 50), 5, AIM).findable is None


def test_the_arms_of_a_size_have_their_shares() -> None:
    size = needed_size(split(60, 30, holdout=10), 10**5, AIM)
    assert size.arms["control"] == pytest.approx(0.6 * size.people, abs=1)
    assert size.arms["a"] == pytest.approx(0.3 * size.people, abs=1)


def test_an_experiment_on_an_empty_segment_is_refused() -> None:
    with pytest.raises(DefinitionError, match="^/segment: The segment holds nobody"):
        needed_size(split(50, 50), 0, AIM)


def test_the_rate_to_plan_with_is_the_segments_own() -> None:
    assert base_rate_of(share(30, 120)) == 0.25
    with pytest.raises(DefinitionError, match="^/base_rate: The segment has no base rate yet"):
        base_rate_of(share(0, 0))


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"base_rate": 1.2}, "/base_rate: A share goes from 0 to 1."),
        ({"effect": 0.0}, "/effect: An effect of nothing needs nobody to see."),
        ({"effect": -0.2}, "/effect: From 10.0% this effect leads to -10.0%, which is no share."),
        ({"level": 1.0}, "/level: A level goes from 50 % to below 100 %."),
        (
            {"power": 0.4},
            "/power: The power goes from 50 % to below 100 %: with less the experiment would rather"
            " miss the effect than see it.",
        ),
    ],
)
def test_an_aim_that_makes_no_sense_is_refused(wrong: dict[str, float], said: str) -> None:
    with pytest.raises(DefinitionError) as refused:
        ShareAim(**{"base_rate": 0.1, "effect": 0.02, **wrong})
    assert str(refused.value) == said
