"""One number, added up over people, by another one."""

from __future__ import annotations

import math
from dataclasses import replace

from catalogue.metrics.means import student
from catalogue.metrics.measured import Interval, Reading, absent
from catalogue.metrics.moments import Floats, Pairs

METHOD = "sum by sum over members; 95 % interval by linearisation and Student’s t"


def ratio(above: Floats, below: Floats, unit: str) -> Reading:
    """Σ above / Σ below of people, both of shape (n,). Who has more of one mostly has more of the
    other, so the interval is that of above − ratio · below (Cochran 1977, 6.3)."""
    return ratio_of(Pairs.of(above, below), unit)


def ratio_of(found: Pairs, unit: str) -> Reading:
    """The same, of people whose numbers have these sums."""
    n = found.n
    if not n:
        return absent(n=0, unit=unit, method=METHOD, reason="There is nobody to measure.")
    if not found.divisors or math.isclose(found.below, 0.0):
        return absent(n=n, unit=unit, method=METHOD, reason="It would be divided by nothing.")
    value = found.above / found.below
    reading = Reading(value=value, n=n, unit=unit, method=METHOD)
    if n < 2:
        return reading
    rests = student(found.rests(value))
    reach = (rests.high - rests.low) / 2 * n / abs(found.below)
    return replace(reading, interval=Interval(low=value - reach, high=value + reach))
