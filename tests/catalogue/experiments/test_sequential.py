"""One may look as often as one likes: at most 5 % of experiments without an effect are called."""

from __future__ import annotations

import numpy as np
import pytest

from catalogue.experiments.aims import ShareAim
from catalogue.experiments.differences import Counts, p_values
from catalogue.experiments.sequential import (
    Mixture,
    always_valid_mean_effect,
    always_valid_share_effect,
    eased_difference,
    tuned,
)
from catalogue.experiments.size import needed_size
from tests.catalogue.experiments.ground import split

EXPERIMENTS = 2_000


def looks(rng: np.random.Generator, n: int, rate: float, count: int) -> Counts:
    """The people so far at each of so many looks, and who of them reached the goal; shapes
    (EXPERIMENTS, looks)."""
    steps = np.diff(np.linspace(0, n, count + 1).astype(np.int64))
    reached = rng.binomial(steps, rate, (EXPERIMENTS, len(steps))).cumsum(axis=1)
    return Counts(n=np.broadcast_to(steps.cumsum(), reached.shape), reached=reached)


def mixture_for(n: int, rate: float) -> Mixture:
    return tuned(2 * rate * (1 - rate) / n)


@pytest.mark.parametrize(("n", "rate"), [(1_000, 0.5), (4_000, 0.1), (3_000, 0.02), (400, 0.3)])
def test_under_two_hundred_looks_at_most_one_in_twenty_is_called(n: int, rate: float) -> None:
    rng = np.random.default_rng(n)
    control, treated = looks(rng, n, rate, 200), looks(rng, n, rate, 200)
    p = mixture_for(n, rate).p_values(*eased_difference(control, treated))
    assert (p.min(axis=1) < 0.05).mean() <= 0.05
    # Looked at in this way, the interval made for one look calls much more.
    assert (p_values(control, treated).min(axis=1) < 0.05).mean() > 0.15


def test_a_mixture_tuned_to_another_size_keeps_the_promise_too() -> None:
    rng = np.random.default_rng(8)
    control, treated = looks(rng, 4_000, 0.1, 200), looks(rng, 4_000, 0.1, 200)
    for planned in (200, 100_000):
        p = mixture_for(planned, 0.1).p_values(*eased_difference(control, treated))
        assert (p.min(axis=1) < 0.05).mean() <= 0.05


def test_the_planned_effect_is_called_in_at_least_80_of_100() -> None:
    aim = ShareAim(base_rate=0.1, effect=0.03, is_sequential=True)
    n = needed_size(split(50, 50), 10**6, aim).arms["control"]
    rng = np.random.default_rng(21)
    control, treated = looks(rng, n, 0.10, 50), looks(rng, n, 0.13, 50)
    p = mixture_for(n, 0.1).p_values(*eased_difference(control, treated))
    assert (p.min(axis=1) < 0.05).mean() >= 0.80
    # Most are called well before.
    first = (p < 0.05).argmax(axis=1)[(p < 0.05).any(axis=1)]
    assert np.median(first) < 40


def test_intervals_hold_the_true_effect_at_all_looks_together() -> None:
    rng = np.random.default_rng(13)
    control, treated = looks(rng, 2_000, 0.2, 100), looks(rng, 2_000, 0.26, 100)
    difference, variance = eased_difference(control, treated)
    reach = mixture_for(2_000, 0.2).reach(variance)
    assert ((np.abs(difference - 0.06) <= reach).all(axis=1)).mean() >= 0.95


def test_interval_and_p_value_never_disagree() -> None:
    mixture = mixture_for(500, 0.2)
    for x in range(0, 300, 7):
        for y in range(0, 300, 11):
            effect = always_valid_share_effect(
                Counts(n=300, reached=x), Counts(n=310, reached=y), mixture
            )
            assert effect.is_called == (effect.p_value < 0.05)


def test_the_interval_is_about_narrowest_at_the_planned_size() -> None:
    planned = 0.0004
    best = float(tuned(planned).reach(planned))
    others = [float(Mixture(variance=planned * k).reach(planned)) for k in (0.5, 2, 4, 16, 32, 99)]
    assert best <= min(others)
    assert best == pytest.approx(3.03 * planned**0.5, rel=0.01)


def test_means_are_looked_at_in_the_same_way() -> None:
    rng = np.random.default_rng(6)
    called = 0
    for _ in range(200):
        control, treated = rng.gamma(1, 20, 600), rng.gamma(1, 20, 600)
        effects = [
            always_valid_mean_effect(control[:n], treated[:n], tuned(2 * 400 / 600))
            for n in range(100, 601, 50)
        ]
        called += any(effect.is_called for effect in effects)
    assert called <= 10
    effect = always_valid_mean_effect(control, treated + 30, tuned(2 * 400 / 600))
    assert effect.is_called
    assert effect.value == pytest.approx(treated.mean() + 30 - control.mean())
