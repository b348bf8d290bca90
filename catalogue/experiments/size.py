"""How many people an experiment needs, and whether the segment has them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

from scipy.optimize import brentq

from catalogue.definitions.errors import Code, refuse
from catalogue.experiments.aims import MeanAim, ShareAim
from catalogue.experiments.arms import Split
from catalogue.experiments.differences import level_for
from catalogue.experiments.sequential import Mixture, tuned

Aim = ShareAim | MeanAim


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How many people are needed: `people` of the segment in all, the holdout included, and in each
    arm by its key. `members` are those there are; `findable` is the smallest effect, up or down as
    the planned one, that they are enough for (None when they are not for any)."""

    people: int
    arms: Mapping[str, int]
    members: int
    findable: float | None

    @property
    def is_enough(self) -> bool:
        """Whether the segment is large enough."""
        return self.members >= self.people


def needed_size(split: Split, members: int, aim: Aim) -> Size:
    """What an experiment on a segment of so many members needs.

    Raises DefinitionError when the segment is empty."""
    if members <= 0:
        raise refuse(
            Code.BAD_VALUE,
            "The segment holds nobody, so there is nobody to try it on. Choose another segment or"
            " an older version.",
            "/segment",
        )
    people = people_needed(split, aim)
    arms = {arm.key: math.ceil(people * float(arm.share.fraction)) for arm in split.arms}
    findable = _findable(split, members, aim)
    return Size(people=people, arms=arms, members=members, findable=findable)


def people_needed(split: Split, aim: Aim) -> int:
    """How many people of the segment the most demanding comparison of an arm with control asks for,
    all comparisons holding together."""
    control = float(split.control.share.fraction)
    level = level_for(len(split.treatments), aim.level)
    ratios = [float(arm.share.fraction) / control for arm in split.treatments]
    return math.ceil(max(aim.controls(level, ratio) for ratio in ratios) / control)


def planned_mixture(split: Split, aim: Aim) -> Mixture:
    """The mixture whose always-valid intervals are narrowest when as many people as planned are
    there; for the smallest of several arms."""
    people = people_needed(split, aim)
    least = min(float(arm.share.fraction) for arm in split.treatments)
    variance = aim.variance(people * float(split.control.share.fraction), people * least)
    return tuned(variance, level_for(len(split.treatments), aim.level))


def _findable(split: Split, members: int, aim: Aim) -> float | None:
    """The effect for which so many members are just enough."""
    sign = math.copysign(1.0, aim.effect)

    def lacking(size: float) -> float:
        return people_needed(split, replace(aim, effect=sign * size)) - members

    if lacking(aim.largest) > 0:
        return None
    least = aim.largest * 1e-5
    return sign * (least if lacking(least) <= 0 else float(brentq(lacking, least, aim.largest)))
