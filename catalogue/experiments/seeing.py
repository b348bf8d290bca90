"""One look in numbers: arms, effects and guardrails of people and what they did. Needs scipy and
statsmodels, so only tasks import it, and the demo."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from catalogue.definitions.errors import DefinitionError
from catalogue.engine.conditions.bench import Mask
from catalogue.experiments.aims import MeanAim, ShareAim
from catalogue.experiments.arms import Split
from catalogue.experiments.differences import Counts, Effect, level_for, mean_effect
from catalogue.experiments.look import counts_by_arm, effects_by_arm
from catalogue.experiments.outcomes import Outcome
from catalogue.experiments.reading import Deeds
from catalogue.experiments.sample_ratio import RatioCheck, check_ratio
from catalogue.experiments.sequential import (
    always_valid_mean_effect,
    always_valid_share_effect,
    tuned,
)
from catalogue.experiments.size import planned_mixture
from catalogue.experiments.states import Counting
from catalogue.experiments.verdict import Guardrail, Seen, State, Verdict, verdict

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
# A guardrail’s intervals are narrowest for a share like this; they hold for any.
LIKELY = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """A guardrail and what everybody did of it."""

    name: str
    outcome: Outcome
    bearable: float
    deeds: Deeds


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """n people and what they did at `now` (microseconds since 1970 UTC). `places`: position of each
    one's arm in the split, −1 held out; shape (n,). `needed`: how many in the arms are planned,
    `planned`: how many in each. Arms of fewer than `fewest` show nothing."""

    split: Split
    places: Integers
    outcome: Counting
    deeds: Deeds
    aim: ShareAim | MeanAim
    needed: int
    planned: Mapping[str, int]
    now: int
    fewest: int
    guardrails: Sequence[Watched] = ()

    @property
    def decided(self) -> Mask:
        """Whose time is over."""
        return self.deeds.attempts.decided(self.outcome.length, self.now)

    @property
    def people(self) -> list[int]:
        """How many of each arm those are."""
        arms = range(len(self.split.arms))
        return [int((self.places[self.decided] == place).sum()) for place in arms]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What a look found. `values`: by the key of an arm, −1 the holdout, the number of people whose
    time is over and what came of them (reached, or the mean); None while it is not shown."""

    verdict: Verdict
    ratio: RatioCheck | None
    people: int
    values: Mapping[str, tuple[int, float | None]]
    guardrails: tuple[Guardrail, ...]


def see(scene: Scene, holdout: str = "") -> Sight:
    """What may be said of a scene. `holdout` is the key of an arm outside the comparison."""
    people = scene.people
    guardrails = tuple(_guardrail(scene, one) for one in scene.guardrails)
    found = _verdict(scene, people, guardrails)
    is_shown = bool(found.effects) and found.state != State.HARMFUL
    return Sight(
        verdict=found if is_shown else replace(found, effects={}),
        ratio=check_ratio(scene.split, people) if sum(people) else None,
        people=sum(people),
        values=_values(scene, holdout, is_shown=is_shown),
        guardrails=guardrails,
    )


def _verdict(scene: Scene, people: list[int], guardrails: tuple[Guardrail, ...]) -> Verdict:
    if min(people) < scene.fewest:
        sentence = f"Too early: {sum(people):,} of {scene.needed:,} people have had their time."
        return Verdict(state=State.TOO_EARLY, sentence=sentence, effects={})
    try:
        effects = _effects(scene)
    except DefinitionError:  # nobody’s number differs from another one’s
        return Verdict(
            state=State.TOO_EARLY, sentence="Everybody has the same number so far.", effects={}
        )
    return verdict(
        Seen(
            people=sum(people),
            needed=scene.needed,
            ratio=check_ratio(scene.split, people),
            effects=effects,
            is_sequential=scene.aim.is_sequential,
            is_good_up=scene.outcome.is_good_up,
            guardrails=guardrails,
        )
    )


def _effects(scene: Scene) -> Mapping[str, Effect]:
    if isinstance(scene.aim, ShareAim):
        reached = scene.deeds.attempts.reached_within(scene.outcome.length)
        arms = counts_by_arm(scene.split, scene.places, reached, scene.decided)
        return effects_by_arm(scene.split, arms, scene.aim)
    return _mean_effects(scene, scene.aim)


def _mean_effects(scene: Scene, aim: MeanAim) -> Mapping[str, Effect]:
    level = level_for(len(scene.split.treatments), aim.level)
    mixture = planned_mixture(scene.split, aim) if aim.is_sequential else None
    control = _sums(scene, 0)
    found = {}
    for place, arm in enumerate(scene.split.arms[1:], start=1):
        treated = _sums(scene, place)
        found[arm.key] = (
            mean_effect(control, treated, level)
            if mixture is None
            else always_valid_mean_effect(control, treated, mixture, level)
        )
    return found


def _sums(scene: Scene, place: int) -> Floats:
    return np.asarray(scene.deeds.sums[scene.decided & (scene.places == place)])


def _values(
    scene: Scene, holdout: str, *, is_shown: bool
) -> Mapping[str, tuple[int, float | None]]:
    keys = {arm.key: place for place, arm in enumerate(scene.split.arms)}
    if holdout and holdout not in keys:
        keys[holdout] = -1
    return {key: _value(scene, place, is_shown=is_shown) for key, place in keys.items()}


def _value(scene: Scene, place: int, *, is_shown: bool) -> tuple[int, float | None]:
    inside = scene.decided & (scene.places == place)
    n = int(inside.sum())
    if not is_shown or n < scene.fewest:
        return n, None
    if scene.outcome.is_mean:
        return n, float(scene.deeds.sums[inside].mean())
    return n, float(scene.deeds.attempts.reached_within(scene.outcome.length)[inside].sum())


def _guardrail(scene: Scene, watched: Watched) -> Guardrail:
    """One guardrail on those whose time for it is over; without effects while an arm has few."""
    attempts, length = watched.deeds.attempts, watched.outcome.length
    counted = attempts.decided(length, scene.now)
    arms = counts_by_arm(scene.split, scene.places, attempts.reached_within(length), counted)
    enough = len(arms) == len(scene.split.arms)
    enough = enough and all(int(one.n) >= scene.fewest for one in arms.values())
    return Guardrail(
        metric=f"“{watched.name}”",
        effects=_guarded(scene, arms) if enough else {},
        is_good_up=watched.outcome.is_good_up,
        bearable=watched.bearable,
    )


def _guarded(scene: Scene, arms: Mapping[str, Counts]) -> Mapping[str, Effect]:
    control, treatments = arms[scene.split.control.key], scene.split.treatments
    level = level_for(len(treatments) * len(scene.guardrails), scene.aim.level)
    each = min(scene.planned.values(), default=1) or 1
    mixture = tuned(LIKELY * (1 - LIKELY) * 2 / each, level)
    return {
        arm.key: always_valid_share_effect(control, arms[arm.key], mixture, level)
        for arm in treatments
    }
