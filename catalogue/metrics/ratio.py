"""One number, added up over people, by another one."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from catalogue.metrics.means import student
from catalogue.metrics.measured import Interval, Reading, absent

Floats = npt.NDArray[np.float64]
METHOD = "sum by sum over members; 95 % interval by linearisation and Student’s t"


def ratio(above: Floats, below: Floats, unit: str) -> Reading:
    """Σ above / Σ below of people, both of shape (n,). Who has more of one mostly has more of the
    other, so the interval is that of above − ratio · below (Cochran 1977, 6.3)."""
    n, total = len(above), float(below.sum())
    if not n:
        return absent(n=0, unit=unit, method=METHOD, reason="There is nobody to measure.")
    if math.isclose(total, 0.0):
        return absent(n=n, unit=unit, method=METHOD, reason="It would be divided by nothing.")
    value = float(above.sum()) / total
    found = Reading(value=value, n=n, unit=unit, method=METHOD)
    if n < 2:
        return found
    rests = student(above - value * below)
    reach = (rests.high - rests.low) / 2 * n / abs(total)
    return replace(found, interval=Interval(low=value - reach, high=value + reach))
