"""Sums over people from which means, ratios and their intervals are read. Those of a part taken off
those of all are the sums of all others, who need not be looked at."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

# A mean this much smaller than what it was counted from is nothing but rounding.
ROUNDING = 1e-12
Floats = npt.NDArray[np.float64]
Numbers = Floats | npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Moments:
    """Of a number of each of `n` people: the sum (`total`) and the sum of the squares of what it is
    above `about`. The nearer that is to their mean, the less is lost to rounding."""

    n: int
    total: float
    squares: float
    about: float = 0.0

    @classmethod
    def of(cls, values: Numbers, about: float = 0.0) -> Moments:
        """Those of values of shape (n,)."""
        above = values - about if about else values.astype(np.float64)
        squares = float(np.dot(above, above))
        return cls(n=len(values), total=float(above.sum()), squares=squares, about=about)

    def __sub__(self, part: Moments) -> Moments:
        """Those of the people who are no `part` of these; both are about one number."""
        return Moments(
            n=self.n - part.n,
            total=self.total - part.total,
            squares=self.squares - part.squares,
            about=self.about,
        )

    @property
    def mean(self) -> float:
        """The mean of at least one value."""
        middle = self.about + self.total / self.n
        return 0.0 if abs(middle) <= ROUNDING * abs(self.about) else middle

    @property
    def error(self) -> float:
        """The standard error of the mean of at least two values."""
        spread = max(self.squares - self.total * self.total / self.n, 0.0)
        return math.sqrt(spread / (self.n - 1) / self.n)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairs:
    """Of two numbers of each of `n` people: the sum of each, and those of the products of each with
    itself and with the other; of how many the second one is not nothing (`divisors`)."""

    n: int
    divisors: int
    above: float
    below: float
    above_squares: float
    below_squares: float
    products: float

    @classmethod
    def of(cls, above: Floats, below: Floats) -> Pairs:
        """Those of two numbers, both of shape (n,)."""
        return cls(
            n=len(above),
            divisors=int(np.count_nonzero(below)),
            above=float(above.sum()),
            below=float(below.sum()),
            above_squares=float(np.dot(above, above)),
            below_squares=float(np.dot(below, below)),
            products=float(np.dot(above, below)),
        )

    def __sub__(self, part: Pairs) -> Pairs:
        """Those of the people who are no `part` of these."""
        return Pairs(
            n=self.n - part.n,
            divisors=self.divisors - part.divisors,
            above=self.above - part.above,
            below=self.below - part.below,
            above_squares=self.above_squares - part.above_squares,
            below_squares=self.below_squares - part.below_squares,
            products=self.products - part.products,
        )

    def rests(self, times: float) -> Moments:
        """Of what of the first number is left when so many times the second is taken off."""
        return Moments(
            n=self.n,
            total=self.above - times * self.below,
            squares=self.above_squares
            - 2 * times * self.products
            + times * times * self.below_squares,
        )
