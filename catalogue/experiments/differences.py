"""What an arm does otherwise than control: difference, interval and p-value, which always agree.
The interval leaves out 0 exactly when p is below 1 − level."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import stats
from statsmodels.stats.weightstats import CompareMeans, DescrStatsW

from catalogue.definitions.errors import Code, refuse
from catalogue.metrics.measured import LEVEL, Interval

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
SHARES = "difference of shares; interval and p by Agresti–Caffo with continuity correction"
MEANS = "difference of means; interval and p by Welch’s t"


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """An arm against control. `value` is the arm's share or mean less that of control."""

    value: float
    interval: Interval
    p_value: float
    control_n: int
    treated_n: int
    method: str

    @property
    def is_called(self) -> bool:
        """Whether it is held to be an effect, at the level of its interval."""
        return not self.interval.low <= 0 <= self.interval.high


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Of `n` people `reached` reached the goal; numbers, or arrays of one shape for many
    experiments at once. When sizes are planned these are expectations, not whole."""

    n: float | Integers
    reached: float | Integers

    def __post_init__(self) -> None:
        if not np.all(np.asarray(self.n) > 0):
            raise refuse(
                Code.BAD_VALUE, "An arm holds nobody, so nothing can be compared.", "/arms"
            )
        if not np.all((np.asarray(self.reached) >= 0) & (np.asarray(self.reached) <= self.n)):
            raise refuse(Code.BAD_VALUE, "More have reached the goal than there are.", "/arms")

    @property
    def share(self) -> Floats:
        """Who reached it of all."""
        return np.asarray(np.divide(self.reached, self.n), dtype=np.float64)

    @property
    def eased(self) -> Floats:
        """The same with one more of each kind, which keeps the interval's level for rare things."""
        return np.asarray((np.asarray(self.reached) + 1) / (np.asarray(self.n) + 2))

    @property
    def variance(self) -> Floats:
        """Of the eased share."""
        return np.asarray(self.eased * (1 - self.eased) / (np.asarray(self.n) + 2))


def share_effect(control: Counts, treated: Counts, level: float = LEVEL) -> Effect:
    """The difference of two shares, seen once, when all is over. At most 1 − level of experiments
    without an effect are called: the correction makes that a bound for small arms too."""
    middle, error, step = parts(control, treated)
    reach = float(stats.norm.ppf((1 + level) / 2)) * error + step
    return Effect(
        value=float(treated.share - control.share),
        interval=Interval(low=float(middle - reach), high=float(middle + reach), level=level),
        p_value=float(p_values(control, treated)),
        control_n=int(control.n),
        treated_n=int(treated.n),
        method=SHARES,
    )


def p_values(control: Counts, treated: Counts) -> Floats:
    """How often two arms without an effect would differ by as much or more; any shape."""
    middle, error, step = parts(control, treated)
    beyond = np.maximum(np.abs(middle) - step, 0) / error
    return np.asarray(2 * stats.norm.sf(beyond), dtype=np.float64)


def mean_effect(control: Floats, treated: Floats, level: float = LEVEL) -> Effect:
    """The difference of the means of one number for each person, shapes (people,), seen once.

    Raises DefinitionError when an arm has fewer than two people, or when no number differs."""
    for values in (control, treated):
        if len(values) < 2:
            raise refuse(Code.BAD_VALUE, "An arm holds fewer than two people.", "/arms")
    if not control.var() + treated.var():
        raise refuse(Code.BAD_VALUE, "Everybody has the same number.", "/metric")
    compared = CompareMeans(DescrStatsW(treated), DescrStatsW(control))
    low, high = compared.tconfint_diff(alpha=1 - level, usevar="unequal")
    return Effect(
        value=float(treated.mean() - control.mean()),
        interval=Interval(low=float(low), high=float(high), level=level),
        p_value=float(compared.ttest_ind(usevar="unequal")[1]),
        control_n=len(control),
        treated_n=len(treated),
        method=MEANS,
    )


def level_for(comparisons: int, level: float = LEVEL) -> float:
    """The level at which each of several arms or guardrails is compared, so that all intervals hold
    together at `level` (Bonferroni)."""
    return 1 - (1 - level) / max(comparisons, 1)


def parts(control: Counts, treated: Counts) -> tuple[Floats, Floats, Floats]:
    """The eased difference, its standard error, and half the step that one person makes; each of
    the shape of the counts."""
    middle = treated.eased - control.eased
    error = np.sqrt(control.variance + treated.variance)
    step = (1 / np.asarray(control.n) + 1 / np.asarray(treated.n)) / 2
    return middle, error, step
