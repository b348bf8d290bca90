"""One look at an experiment: from who is in which arm and what they did to what may be said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from catalogue.engine.conditions.bench import Mask
from catalogue.experiments.aims import ShareAim
from catalogue.experiments.arms import Positions, Split
from catalogue.experiments.differences import Counts, Effect, level_for, share_effect
from catalogue.experiments.sample_ratio import check_ratio
from catalogue.experiments.sequential import Mixture, always_valid_share_effect
from catalogue.experiments.size import people_needed, planned_mixture
from catalogue.experiments.verdict import Guardrail, Seen, State, Verdict, verdict
from catalogue.metrics.conversion import Attempts
from catalogue.metrics.instants import check_length


@dataclass(frozen=True, slots=True, kw_only=True)
class Experiment:
    """An experiment as planned. Each person has `within` microseconds to reach the goal;
    `is_good_up`: that they do is what is wanted."""

    split: Split
    aim: ShareAim
    within: int
    is_good_up: bool = True

    def __post_init__(self) -> None:
        check_length(self.within, "/goal/within")

    @property
    def needed(self) -> int:
        """How many people outside the holdout have to have had their time."""
        held_out = float(self.split.holdout.fraction)
        return round(people_needed(self.split, self.aim) * (1 - held_out))


def look(
    experiment: Experiment,
    places: Positions,
    attempts: Attempts,
    now: int,
    guardrails: tuple[Guardrail, ...] = (),
) -> Verdict:
    """What may be said at `now`. `places` are those of `Split.assign`, of the same people as the
    attempts, shapes (people,). Who is held out and whose time is not over is not counted."""
    decided = attempts.decided(experiment.within, now)
    reached = attempts.reached_within(experiment.within)
    arms = counts_by_arm(experiment.split, places, reached, decided)
    people = [int((places[decided] == place).sum()) for place in range(len(experiment.split.arms))]
    if len(arms) < len(people):
        sentence = f"Too early: in some arm nobody of {sum(people):,} people has had their time."
        return Verdict(state=State.TOO_EARLY, sentence=sentence, effects={})
    return verdict(
        Seen(
            people=sum(people),
            needed=experiment.needed,
            ratio=check_ratio(experiment.split, people),
            effects=effects_by_arm(experiment.split, arms, experiment.aim),
            is_sequential=experiment.aim.is_sequential,
            is_good_up=experiment.is_good_up,
            guardrails=guardrails,
        )
    )


def counts_by_arm(
    split: Split, places: Positions, reached: Mask, counted: Mask
) -> Mapping[str, Counts]:
    """Of the people counted, how many each arm holds and how many of them reached the goal, by the
    arm's key; arms without anybody are left out."""
    found = {}
    for place, arm in enumerate(split.arms):
        inside = counted & (places == place)
        if inside.any():
            n, hits = int(np.count_nonzero(inside)), int(np.count_nonzero(inside & reached))
            found[arm.key] = Counts(n=n, reached=hits)
    return found


def effects_by_arm(split: Split, arms: Mapping[str, Counts], aim: ShareAim) -> Mapping[str, Effect]:
    """Each arm against control, by its key, all holding together at the level of the aim; by the
    kind of interval that was chosen when the experiment was planned."""
    control, level = arms[split.control.key], level_for(len(split.treatments), aim.level)
    mixture = planned_mixture(split, aim) if aim.is_sequential else None
    return {arm.key: _effect(control, arms[arm.key], level, mixture) for arm in split.treatments}


def _effect(control: Counts, treated: Counts, level: float, mixture: Mixture | None) -> Effect:
    if mixture is None:
        return share_effect(control, treated, level)
    return always_valid_share_effect(control, treated, mixture, level)
