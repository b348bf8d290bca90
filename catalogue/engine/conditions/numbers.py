"""gt, gte, lt, lte, between: numbers only."""

from __future__ import annotations

from dataclasses import dataclass

import ibis.expr.types as ir
import numpy as np
import numpy.typing as npt

from catalogue.engine.conditions.bench import Bench
from catalogue.engine.conditions.readings import Reading, Readings, no, sure


@dataclass(frozen=True, slots=True, kw_only=True)
class InRange:
    """Reads as a number from `low` to `high`; a bound that is `open` is itself outside."""

    low: float | None = None
    high: float | None = None
    open: bool = False

    @property
    def needs(self) -> frozenset[Reading]:
        """Texts that read as numbers count too."""
        return frozenset({Reading.NUMBER})

    def holds(self, value: Readings, bench: Bench) -> ir.BooleanValue:
        """True where the number lies in the range."""
        number = value.as_number
        if number is None:
            return no()
        condition = number.notnull()
        if self.low is not None:
            condition &= number > self.low if self.open else number >= self.low
        if self.high is not None:
            condition &= number < self.high if self.open else number <= self.high
        return sure(condition)

    def accepts(self, numbers: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
        """Which numbers lie in the range."""
        mask = np.ones(len(numbers), dtype=bool)
        if self.low is not None:
            low = float(self.low)
            mask &= numbers > low if self.open else numbers >= low
        if self.high is not None:
            high = float(self.high)
            mask &= numbers < high if self.open else numbers <= high
        return mask
