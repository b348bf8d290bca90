"""What an experiment shall be able to see, and how many people of control that takes."""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy import stats
from scipy.optimize import brentq
from statsmodels.stats.power import normal_sample_size_one_tail

from catalogue.definitions.errors import Code, refuse
from catalogue.experiments.differences import Counts, parts
from catalogue.experiments.sequential import tuned
from catalogue.metrics.measured import LEVEL, Reading

# 80 of 100 experiments with the planned effect are to be called. Arms are drawn and the base rate
# was measured, so they never come out exactly as planned: two more keep the promise.
POWER = 0.82


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareAim:
    """To see that the share `base_rate` changes by `effect` (in shares: 0.02 is from 10 % to 12 %),
    called at `level` with a chance of `power`. `is_sequential`: it is looked at whenever one likes,
    which takes more people. Raises DefinitionError with the place of the fault."""

    base_rate: float
    effect: float
    level: float = LEVEL
    power: float = POWER
    is_sequential: bool = False

    def __post_init__(self) -> None:
        if not 0 <= self.base_rate <= 1:
            raise refuse(Code.BAD_VALUE, "A share goes from 0 to 1.", "/base_rate")
        check_call(self.effect, self.level, self.power)
        after = self.base_rate + self.effect
        if not 0 <= after <= 1:
            raise refuse(
                Code.BAD_VALUE,
                f"From {self.base_rate:.1%} this effect leads to {after:.1%}, which is no share.",
                "/effect",
            )

    @property
    def largest(self) -> float:
        """The size of the largest effect there can be in this direction."""
        return 1 - self.base_rate if self.effect > 0 else self.base_rate

    def controls(self, level: float, ratio: float) -> float:
        """How many people control needs at a level when the arm has `ratio` times as many: near
        what statsmodels finds for the plain test, and exactly where ours has the power."""
        after = self.base_rate + self.effect
        spread = math.sqrt(self.base_rate * (1 - self.base_rate) + after * (1 - after) / ratio)
        tail = float(stats.norm.sf(errors_of(level, is_sequential=self.is_sequential)))
        plain = normal_sample_size_one_tail(abs(self.effect), self.power, tail, max(spread, 0.1))

        def lacking(n: float) -> float:
            return self._chance(level, n, n * ratio) - self.power

        least = most = max(1.0, 1 / ratio)
        # Easing and correction hardly ever take four times as many.
        most += 4 * float(plain)
        while lacking(most) < 0:
            most *= 2
        return least if lacking(least) >= 0 else float(brentq(lacking, least, most))

    def variance(self, n: float, m: float) -> float:
        """That of the difference, with n people in control and m in the arm."""
        p, q = self.base_rate, self.base_rate + self.effect
        parted = p * (1 - p) / n + q * (1 - q) / m
        # Where everybody or nobody reaches it, as with half a person who does otherwise.
        return max(parted, 0.5 / n**2 + 0.5 / m**2)

    def _chance(self, level: float, n: float, m: float) -> float:
        """How likely the effect is called with n people in control and m in the arm."""
        p, q = self.base_rate, self.base_rate + self.effect
        middle, error, step = parts(Counts(n=n, reached=n * p), Counts(n=m, reached=m * q))
        bound = errors_of(level, is_sequential=self.is_sequential) * float(error)
        bound += 0 if self.is_sequential else float(step)
        # Shares eased by two more people vary that much less.
        true = math.sqrt(p * (1 - p) * n / (n + 2) ** 2 + q * (1 - q) * m / (m + 2) ** 2)
        return float(stats.norm.cdf((abs(float(middle)) - bound) / max(true, 1e-9)))


@dataclass(frozen=True, slots=True, kw_only=True)
class MeanAim:
    """To see that a mean changes by `effect`, where the numbers of single people have the standard
    deviation `spread` (in the same unit); the rest as of a share."""

    spread: float
    effect: float
    level: float = LEVEL
    power: float = POWER
    is_sequential: bool = False

    def __post_init__(self) -> None:
        if not (self.spread > 0 and math.isfinite(self.spread)):
            raise refuse(Code.BAD_VALUE, "The numbers of people must differ.", "/spread")
        check_call(self.effect, self.level, self.power)

    @property
    def largest(self) -> float:
        """Beyond this a handful of people is enough."""
        return 10 * self.spread

    def controls(self, level: float, ratio: float) -> float:
        """How many people control needs at a level when the arm has `ratio` times as many."""
        tail = float(stats.norm.sf(errors_of(level, is_sequential=self.is_sequential)))
        spread = self.spread * math.sqrt(1 + 1 / ratio)
        found = normal_sample_size_one_tail(abs(self.effect), self.power, tail, spread)
        return max(float(found), 2.0)

    def variance(self, n: float, m: float) -> float:
        """That of the difference, with n people in control and m in the arm."""
        return self.spread**2 * (1 / n + 1 / m)


def base_rate_of(reading: Reading) -> float:
    """The rate to plan with, of a conversion of the segment. Raises DefinitionError without one."""
    if reading.value is None:
        raise refuse(
            Code.BAD_VALUE,
            "The segment has no base rate yet. Measure its goal first, or write the rate.",
            "/base_rate",
        )
    return reading.value


def check_call(effect: float, level: float, power: float) -> None:
    """An effect that is one, a level, and a power that is worth the trouble."""
    if not effect or not math.isfinite(effect):
        raise refuse(Code.BAD_VALUE, "An effect of nothing needs nobody to see.", "/effect")
    if not 0.5 <= level < 1:
        raise refuse(Code.BAD_VALUE, "A level goes from 50 % to below 100 %.", "/level")
    if not 0.5 <= power < 1:
        raise refuse(
            Code.BAD_VALUE,
            "The power goes from 50 % to below 100 %: with less the experiment would rather miss"
            " the effect than see it.",
            "/power",
        )


def errors_of(level: float, *, is_sequential: bool) -> float:
    """How many standard errors from 0 an effect is called at the planned size."""
    if is_sequential:
        return float(tuned(1.0, level).reach(1.0, level))
    return float(stats.norm.ppf((1 + level) / 2))
