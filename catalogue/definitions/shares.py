"""Parts of a number of people."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from catalogue.definitions.errors import Code, refuse


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """0 % to 100 %, exactly as written: no float takes part."""

    percent: Decimal

    def __post_init__(self) -> None:
        if not self.percent.is_finite() or not 0 <= self.percent <= 100:
            raise refuse(Code.BAD_VALUE, "A share goes from 0% to 100%.")

    @property
    def fraction(self) -> Fraction:
        """The share as a number from 0 to 1."""
        return Fraction(self.percent) / 100

    @property
    def digits(self) -> str:
        """The percentage without its sign, in its shortest form: `12.5`."""
        return f"{self.percent.normalize():f}"
