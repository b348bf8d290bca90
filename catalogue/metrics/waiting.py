"""How long it takes until something happens to people, to some of whom it has not yet: the
estimate of Kaplan and Meier."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from lifelines import KaplanMeierFitter
from lifelines.utils import median_survival_times

from catalogue.definitions.errors import Code, refuse
from catalogue.engine.clocks import Integers
from catalogue.engine.conditions.bench import Mask
from catalogue.metrics.conversion import Attempts
from catalogue.metrics.instants import DAY, NEVER
from catalogue.metrics.measured import FEWEST, LEVEL, Interval, Reading, absent

Floats = npt.NDArray[np.float64]
METHOD = "median by Kaplan–Meier; 95 % interval by Brookmeyer–Crowley on the log-log scale"
CURVE = "Kaplan–Meier; 95 % interval by Greenwood on the log-log scale"


@dataclass(frozen=True, slots=True, kw_only=True)
class Waits:
    """Of n people how long each was watched, in days, and whether it happened at the end of that
    time (else it had not happened by then); shapes (n,)."""

    days: Floats
    happened: Mask

    def __post_init__(self) -> None:
        if len(self.days) != len(self.happened):
            raise refuse(Code.BAD_VALUE, "Each wait needs its outcome.", "/happened")
        if len(self.days) and not (np.isfinite(self.days).all() and self.days.min() >= 0):
            raise refuse(Code.BAD_VALUE, "A wait is a number of days from 0 up.", "/days")


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """To which share of `n` people it has not happened yet after so many days, with the ends of
    its interval; all shapes (points,). `at_risk`: on how many people each point rests. Empty with
    a `reason` when it is hidden."""

    days: Floats
    share: Floats
    low: Floats
    high: Floats
    at_risk: Integers
    n: int
    method: str = CURVE
    reason: str = ""


def waits_until(attempts: Attempts, now: int) -> Waits:
    """The waits from each one's start to the goal, or to `now` where it is not reached by then.
    Who starts after `now` does not count."""
    started = attempts.started <= now
    start, goal = attempts.started[started], attempts.reached[started]
    happened = (goal != NEVER) & (goal >= start) & (goal <= now)
    end = np.where(happened, goal, now)
    return Waits(days=(end - start) / DAY, happened=happened)


def median_wait(waits: Waits) -> Reading:
    """After how many days it has happened to half of them; without a value while it has not, and
    with an endless upper end while the interval has none."""
    n = len(waits.days)
    if not n:
        return absent(n=0, unit="days", method=METHOD, reason="There is nobody to measure.")
    fitted = _fit(waits)
    median = float(fitted.median_survival_time_)
    if math.isinf(median):
        return absent(n=n, unit="days", method=METHOD, reason="Fewer than half have got there.")
    ends = median_survival_times(fitted.confidence_interval_).to_numpy(dtype=float).ravel()
    interval = Interval(low=float(ends.min()), high=float(ends.max()))
    return Reading(value=median, n=n, unit="days", method=METHOD, interval=interval)


def curve(waits: Waits, days: Floats, fewest: int = FEWEST) -> Curve:
    """The curve at the days asked for, in ascending order. It ends where fewer than `fewest` people
    are still watched: what follows would tell about single persons, and rests on next to nothing.
    """
    fewer = len(waits.days) < fewest
    reason = f"Fewer than {fewest} people, so the curve is hidden." if fewer else ""
    at_risk = len(waits.days) - np.searchsorted(np.sort(waits.days), days, side="left")
    shown = days[at_risk >= fewest]
    nothing = np.zeros(0)
    if not len(shown):
        low = high = share = nothing
    else:
        share, low, high = read_off(_fit(waits), shown)
    return Curve(
        days=shown,
        share=share,
        low=low,
        high=high,
        at_risk=at_risk[: len(shown)].astype(np.int64),
        n=len(waits.days),
        reason=reason,
    )


def _fit(waits: Waits) -> KaplanMeierFitter:
    return KaplanMeierFitter(alpha=1 - LEVEL).fit(waits.days, waits.happened)


def read_off(fitted: KaplanMeierFitter, days: Floats) -> tuple[Floats, Floats, Floats]:
    """The share at these days, and the ends of its interval. Steps hold from each instant to the
    next one."""
    steps = fitted.survival_function_.index.to_numpy(dtype=float)
    place = np.searchsorted(steps, days, side="right") - 1
    ends = fitted.confidence_interval_.to_numpy(dtype=float)[place]
    share = fitted.survival_function_.to_numpy(dtype=float)[place, 0]
    return share, ends[:, 0], ends[:, 1]
