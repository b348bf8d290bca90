"""The mean of a number over people, with Student's interval."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from scipy.special import stdtrit

from catalogue.metrics.measured import LEVEL, Interval, Reading, absent

Numbers = npt.NDArray[np.float64] | npt.NDArray[np.int64]
METHOD = "mean per member; 95 % interval by Student’s t"


def mean(values: Numbers, unit: str, method: str = METHOD) -> Reading:
    """The mean of one value for each person, shape (n,). Of one person there is no interval."""
    n = len(values)
    if not n:
        return absent(n=0, unit=unit, method=method, reason="There is nobody to measure.")
    interval = student(values) if n > 1 else None
    return Reading(value=float(values.mean()), n=n, unit=unit, method=method, interval=interval)


def student(values: Numbers, level: float = LEVEL) -> Interval:
    """The interval of the mean of at least two values. By the central limit theorem it holds for
    skewed values too, once there are some hundreds."""
    middle, error = float(values.mean()), float(values.std(ddof=1)) / math.sqrt(len(values))
    reach = float(stdtrit(len(values) - 1, (1 + level) / 2)) * error
    return Interval(low=middle - reach, high=middle + reach, level=level)
