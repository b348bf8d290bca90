"""The mean of a number over people, with Student's interval."""

from __future__ import annotations

from scipy.special import stdtrit

from catalogue.metrics.measured import LEVEL, Interval, Reading, absent
from catalogue.metrics.moments import Moments, Numbers

METHOD = "mean per member; 95 % interval by Student’s t"


def mean(values: Numbers, unit: str, method: str = METHOD) -> Reading:
    """The mean of one value for each person, shape (n,). Of one person there is no interval."""
    middle = float(values.mean()) if len(values) else 0.0
    return mean_of(Moments.of(values, about=middle), unit, method)


def mean_of(found: Moments, unit: str, method: str = METHOD) -> Reading:
    """The same, of people whose values have these moments."""
    if not found.n:
        return absent(n=0, unit=unit, method=method, reason="There is nobody to measure.")
    interval = student(found) if found.n > 1 else None
    return Reading(value=found.mean, n=found.n, unit=unit, method=method, interval=interval)


def student(found: Moments, level: float = LEVEL) -> Interval:
    """The interval of the mean of at least two values. By the central limit theorem it holds for
    skewed values too, once there are some hundreds."""
    reach = float(stdtrit(found.n - 1, (1 + level) / 2)) * found.error
    return Interval(low=found.mean - reach, high=found.mean + reach, level=level)
