"""A look counts whose time is over, and says what may be said of them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from catalogue.definitions.errors import DefinitionError
from catalogue.experiments.aims import MeanAim, ShareAim
from catalogue.experiments.look import Experiment, counts_by_arm, look
from catalogue.experiments.sequential import tuned
from catalogue.experiments.size import needed_size, people_needed, planned_mixture
from catalogue.experiments.verdict import State, Verdict
from catalogue.metrics.conversion import Attempts
from catalogue.metrics.instants import DAY, NEVER
from tests.catalogue.experiments.ground import split

EXPERIMENT = Experiment(
    split=split(45, 45, holdout=10),
    aim=ShareAim(base_rate=0.10, effect=0.05),
    within=14 * DAY,
)
SEQUENTIAL = replace(EXPERIMENT, aim=replace(EXPERIMENT.aim, is_sequential=True))


def people(experiment: Experiment, rates: list[float], n: int) -> tuple[np.ndarray, Attempts]:
    """N people who start one after the other within a hundred days."""
    rng = np.random.default_rng(5)
    places = experiment.split.assign(f"c{number}" for number in range(n))
    started = np.sort(rng.integers(0, 100 * DAY, n))
    hits = rng.random(n) < np.array([*rates, 1.0])[places]
    waits = rng.integers(0, 14 * DAY, n)
    return places, Attempts(started=started, reached=np.where(hits, started + waits, NEVER))


def looks(experiment: Experiment, rates: list[float], days: list[int]) -> list[Verdict]:
    places, attempts = people(experiment, rates, 4_000)
    return [look(experiment, places, attempts, day * DAY) for day in days]


def test_it_is_too_early_until_as_many_as_planned_have_had_their_time() -> None:
    places, attempts = people(EXPERIMENT, [0.10, 0.17], 4_000)
    treated = places >= 0
    # On the day before the last of those needed has had their time, and on that day.
    last = int(attempts.started[treated][EXPERIMENT.needed - 1]) + EXPERIMENT.within
    before, then = (look(EXPERIMENT, places, attempts, now) for now in (last - 1, last))
    assert before.state is State.TOO_EARLY
    assert f"{EXPERIMENT.needed - 1:,} of {EXPERIMENT.needed:,} people" in before.sentence
    assert (then.state, then.arm) == (State.BETTER, "a")
    assert then.effects["a"].control_n + then.effects["a"].treated_n == EXPERIMENT.needed


def test_before_anybody_has_had_their_time_it_is_too_early() -> None:
    (found,) = looks(EXPERIMENT, [0.1, 0.1], [13])
    assert (found.state, found.effects) == (State.TOO_EARLY, {})
    assert "nobody of 0 people" in found.sentence


def test_always_valid_intervals_are_used_when_they_were_chosen() -> None:
    early, late = looks(SEQUENTIAL, [0.10, 0.25], [20, 60])
    assert early.state is State.TOO_EARLY
    assert "always-valid" in early.effects["a"].method
    # Well before the planned size.
    assert late.state is State.BETTER
    assert late.effects["a"].control_n + late.effects["a"].treated_n < SEQUENTIAL.needed


def test_what_is_unwanted_may_be_the_goal() -> None:
    unwanted = replace(EXPERIMENT, is_good_up=False)
    (found,) = looks(unwanted, [0.10, 0.17], [114])
    assert found.state is State.WORSE


def test_the_holdout_is_in_no_arm() -> None:
    places, attempts = people(EXPERIMENT, [0.0, 0.0], 500)
    everybody = np.ones(500, dtype=bool)
    counts = counts_by_arm(EXPERIMENT.split, places, attempts.reached != NEVER, everybody)
    # Everybody held out reached the goal, nobody else did.
    assert {key: one.reached for key, one in counts.items()} == {"control": 0, "a": 0}
    assert sum(int(one.n) for one in counts.values()) == (places >= 0).sum() < 500


def test_people_held_out_are_not_waited_for() -> None:
    size = needed_size(EXPERIMENT.split, 10**5, EXPERIMENT.aim)
    assert EXPERIMENT.needed == pytest.approx(size.arms["control"] + size.arms["a"], abs=2)
    assert EXPERIMENT.needed == pytest.approx(0.9 * size.people, abs=2)


def test_lost_people_are_noticed() -> None:
    places, attempts = people(EXPERIMENT, [0.1, 0.1], 4_000)
    stays = (places != 1) | (np.arange(4_000) % 5 > 0)
    some = Attempts(started=attempts.started[stays], reached=attempts.reached[stays])
    assert look(EXPERIMENT, places[stays], some, 114 * DAY).state is State.WRONG_RATIO


def test_the_mixture_is_made_for_the_planned_size() -> None:
    dealt = split(40, 40, 20)
    mean = planned_mixture(dealt, MeanAim(spread=40, effect=6))
    double = planned_mixture(dealt, MeanAim(spread=80, effect=12))
    assert double.variance == pytest.approx(4 * mean.variance, rel=0.01)
    people = people_needed(dealt, MeanAim(spread=40, effect=6))
    # 40 % of them are in control, 20 % in the smaller arm.
    variance = 40**2 * (1 / (0.4 * people) + 1 / (0.2 * people))
    assert mean.variance == pytest.approx(tuned(variance, 0.975).variance, rel=0.01)
    certain = ShareAim(base_rate=0.0, effect=1.0)
    assert planned_mixture(dealt, certain).variance > 0


def test_a_time_without_length_is_refused() -> None:
    with pytest.raises(DefinitionError, match="^/goal/within: The window has no length"):
        replace(EXPERIMENT, within=0)
