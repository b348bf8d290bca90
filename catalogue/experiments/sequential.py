"""Intervals that hold at all times together, so that one may look as often as one likes: a mixture
of sequential probability ratio tests (Robbins 1970; Johari et al. 2017).

They are wider than those made for one look at the end. What is added to the data between two looks
has to be new people: whoever's time is not over yet must not be in it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from catalogue.experiments.differences import Counts, Effect
from catalogue.metrics.measured import LEVEL, Interval

Floats = npt.NDArray[np.float64]
SHARES = "difference of shares; always-valid interval and p, by a mixture of ratio tests"
MEANS = "difference of means; always-valid interval and p, by a mixture of ratio tests"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mixture:
    """Effects are mixed as a normal distribution around 0 of this variance (tau²). Any positive one
    keeps the promise; it decides only at how many people intervals are narrow."""

    variance: float

    def reach(self, variance: float | Floats, level: float = LEVEL) -> Floats:
        """Half the width of the interval around a difference of this variance; any shape."""
        mixed = variance + self.variance
        logs = np.log(mixed / variance) - 2 * math.log(1 - level)
        return np.asarray(np.sqrt(variance * mixed / self.variance * logs), dtype=np.float64)

    def p_values(self, difference: Floats, variance: Floats) -> Floats:
        """One through the likelihood ratio, at most 1; any shape. Each of them holds at any time,
        and so does the smallest seen so far."""
        mixed = variance + self.variance
        against = self.variance * difference**2 / (2 * variance * mixed)
        return np.asarray(np.minimum(np.sqrt(mixed / variance) * np.exp(-against), 1.0))


def tuned(variance: float, level: float = LEVEL) -> Mixture:
    """The mixture whose intervals are about narrowest when a difference has this variance: that of
    the planned size."""
    logs = -2 * math.log(1 - level)
    return Mixture(variance=variance * (logs + math.log(logs + 1)))


def always_valid_share_effect(
    control: Counts, treated: Counts, mixture: Mixture, level: float = LEVEL
) -> Effect:
    """The difference of two shares, looked at whenever one likes."""
    difference, variance = eased_difference(control, treated)
    middle, reach = float(difference), float(mixture.reach(variance, level))
    return Effect(
        value=float(treated.share - control.share),
        interval=Interval(low=middle - reach, high=middle + reach, level=level),
        p_value=float(mixture.p_values(difference, variance)),
        control_n=int(control.n),
        treated_n=int(treated.n),
        method=SHARES,
    )


def always_valid_mean_effect(
    control: Floats, treated: Floats, mixture: Mixture, level: float = LEVEL
) -> Effect:
    """The difference of two means of one number for each person, looked at whenever one likes; from
    some hundreds of people on."""
    middle = float(treated.mean() - control.mean())
    variance = np.asarray(control.var(ddof=1) / len(control) + treated.var(ddof=1) / len(treated))
    reach = float(mixture.reach(variance, level))
    return Effect(
        value=middle,
        interval=Interval(low=middle - reach, high=middle + reach, level=level),
        p_value=float(mixture.p_values(np.asarray(middle), variance)),
        control_n=len(control),
        treated_n=len(treated),
        method=MEANS,
    )


def eased_difference(control: Counts, treated: Counts) -> tuple[Floats, Floats]:
    """The difference that is judged, and its variance; any shape."""
    return treated.eased - control.eased, control.variance + treated.variance
