"""One measured number with all that is needed to judge it, or the reason why it is not shown."""

from __future__ import annotations

from dataclasses import dataclass, replace

# Of a hundred such intervals about 95 hold what is true of everybody like those measured.
LEVEL = 0.95
# Below this somebody who knows a few of the people could tell the others from the number.
FEWEST = 10


class NotMeasured(Exception):
    """The number does not exist for these people; the message is a sentence for users."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """Where the true value is likely to lie, both ends included, in the unit of the value."""

    low: float
    high: float
    level: float = LEVEL


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A value measured on `n` people. `value` is None when nobody was there to measure, when no
    such number exists, or when it is hidden; `reason` then says so in a sentence, otherwise it is
    empty. `method` says how value and interval were obtained, in a short phrase."""

    value: float | None
    n: int
    unit: str  # people, share, days, money (in the currency of the amounts), …
    method: str
    interval: Interval | None = None
    reason: str = ""


def shown(reading: Reading, fewest: int = FEWEST) -> Reading:
    """The reading as it may be shown: without its value when it was measured on too few people."""
    if reading.n >= fewest or reading.value is None:
        return reading
    reason = (
        f"Measured on fewer than {fewest} people, so the number is hidden:"
        " it could tell something about single persons."
    )
    return replace(reading, value=None, interval=None, reason=reason)


def absent(*, n: int, unit: str, method: str, reason: str) -> Reading:
    """A reading without a value, and why."""
    return Reading(value=None, n=n, unit=unit, method=method, reason=reason)
