"""The stretch of days the demo covers, and the dice for each part of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
import numpy.typing as npt

SEED = 20_260_412
DAY_US = 86_400_000_000
Instants = npt.NDArray[np.int64]  # microseconds since 1970, UTC
Days = npt.NDArray[np.int64]  # 0 is the first day of the span


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """`days` whole days before today and what there is of today; nothing lies after `now`."""

    now: datetime
    customers: int = 20_000
    accounts: int = 2_500
    days: int = 180

    @property
    def now_us(self) -> int:
        """`now` in microseconds since 1970."""
        return int((self.now - datetime(1970, 1, 1, tzinfo=UTC)) / timedelta(microseconds=1))

    @property
    def today(self) -> int:
        """The index of the last, unfinished day."""
        return self.days

    @property
    def first_us(self) -> int:
        """The first instant of day 0, in UTC."""
        return self.now_us // DAY_US * DAY_US - self.days * DAY_US

    def instants(self, days: Days) -> Instants:
        """The first instant of each day."""
        return self.first_us + days * DAY_US

    def days_of(self, instants: Instants) -> Days:
        """The day each instant falls on; negative before the span."""
        return (instants - self.first_us) // DAY_US

    def weekdays(self) -> Days:
        """The weekday of each day of the span, today included; 0 is Monday."""
        first = self.first_us // DAY_US  # 1970-01-01 was a Thursday
        return (first + 3 + np.arange(self.days + 1)) % 7

    def dice(self, part: int) -> np.random.Generator:
        """Numbers for one part of the demo: changing one part leaves the others as they are."""
        return np.random.default_rng([SEED, part])


def pick(
    dice: np.random.Generator, shares: dict[str, float], count: int
) -> npt.NDArray[np.object_]:
    """`count` values, drawn by their shares."""
    weights = np.array(list(shares.values()))
    chosen = dice.choice(len(shares), size=count, p=weights / weights.sum())
    return np.array(list(shares), dtype=object)[chosen]


def with_gaps(
    dice: np.random.Generator, values: npt.NDArray[np.object_], share: float
) -> npt.NDArray[np.object_]:
    """The values, a share of them unknown."""
    return blank(values, dice.random(len(values)) < share)


def blank(
    values: npt.NDArray[np.object_], unknown: npt.NDArray[np.bool_]
) -> npt.NDArray[np.object_]:
    """The values, None where they are unknown."""
    kept = values.copy()
    kept[unknown] = None
    return kept
