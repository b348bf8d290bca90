"""A salt by which an experiment of the demo comes out as its story says."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import numpy.typing as npt

from catalogue.experiments.differences import share_effect
from catalogue.experiments.enrolling import dealt_out_by
from catalogue.experiments.look import counts_by_arm
from catalogue.experiments.planning import Prepared
from catalogue.experiments.reading import deeds, micros
from catalogue.warehouse import photos
from catalogue.warehouse.budgets import estimate_budget
from catalogue.warehouse.opened import borrowed

# So many salts at most are tried; about one in fifty will do.
SALTS = 600
# Called, and not so surely that nobody would believe it.
CALLED = (0.005, 0.045)


def salt_for(prepared: Prepared, weeks: list[datetime]) -> str:
    """The first salt of a row of them by which the second arm is called better than the first one
    in the week when as many people as planned have had their time, and both do better than the
    holdout; "" when there is none."""
    who, names = dealt_out_by(prepared.segment, since=weeks[0], until=weeks[-1])
    photo = photos.newest_photo()
    assert photo is not None  # noqa: S101 (the demo has been loaded)
    with borrowed(photo, estimate_budget()) as tables:
        found = deeds(prepared.design.outcome, who, tables, weeks[-1])
    length = prepared.design.outcome.length
    reached = found.attempts.reached_within(length)
    decided = [found.attempts.decided(length, micros(week)) for week in weeks]
    tried = (f"fieldnote-call-{number}" for number in range(SALTS))
    return next((salt for salt in tried if _fits(prepared, salt, names, reached, decided)), "")


def _fits(
    prepared: Prepared,
    salt: str,
    names: list[str],
    reached: npt.NDArray[np.bool_],
    decided: list[npt.NDArray[np.bool_]],
) -> bool:
    split = prepared.design.split(salt)
    places = split.assign(names)
    inside = places >= 0
    week = next((one for one in decided if (one & inside).sum() >= prepared.found.needed), None)
    if week is None:
        return False
    arms = counts_by_arm(split, places, reached, week)
    first, second = (arms[arm.key] for arm in split.arms)
    held = _share(week & ~inside, reached)
    low, high = CALLED
    effect = share_effect(first, second)
    return effect.value > 0 and low < effect.p_value < high and held < float(first.share)


def _share(who: npt.NDArray[np.bool_], reached: npt.NDArray[np.bool_]) -> float:
    return float(reached[who].mean()) if who.any() else 1.0
