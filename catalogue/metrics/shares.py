"""The share of people who have something, with Wilson's interval."""

from __future__ import annotations

import math

from scipy.special import ndtri

from catalogue.definitions.errors import Code, refuse
from catalogue.metrics.measured import LEVEL, Interval, Reading, absent

METHOD = "share; 95 % interval by Wilson"


def share(part: int, n: int, method: str = METHOD) -> Reading:
    """How many of n people are `part`; a reading without value of nobody.

    Raises DefinitionError when they are more than n, or fewer than none."""
    if not 0 <= part <= n:
        raise refuse(Code.BAD_VALUE, f"{part} of {n} people is no share.", "/part")
    if not n:
        return absent(n=0, unit="share", method=method, reason="There is nobody to measure.")
    return Reading(value=part / n, n=n, unit="share", method=method, interval=wilson(part, n))


def wilson(part: int, n: int, level: float = LEVEL) -> Interval:
    """The interval of a share that stays between 0 and 1 and keeps its level for rare things."""
    # As statsmodels has it, which takes ten times as long, and a measuring asks a thousand times.
    z = float(ndtri((1 + level) / 2)) ** 2 / n
    share = part / n
    middle, reach = share + z / 2, math.sqrt(z * (share * (1 - share) + z / 4))
    # Its ends are exactly 0 and 1 for none and all, up to the last digit of a float.
    low, high = (middle - reach) / (1 + z), (middle + reach) / (1 + z)
    return Interval(low=max(low, 0.0), high=min(high, 1.0), level=level)
