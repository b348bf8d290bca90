"""Which figures of a customer's events are in. Exact: sums are decimals, times microseconds."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from catalogue.definitions.nodes import Comparator, Comparison
from catalogue.definitions.windows import Interval
from catalogue.engine.conditions.bench import Mask
from catalogue.engine.local_times import microseconds, naive

# The columns of one measure, by name, one row per customer with events.
Columns = Mapping[str, pa.ChunkedArray]
Integers = npt.NDArray[np.int64]
Signs = npt.NDArray[np.int64 | np.float64]
# Which signs of figure − bound a comparison takes.
SIGNS = {
    Comparator.EQ: [0],
    Comparator.NEQ: [-1, 1],
    Comparator.GT: [1],
    Comparator.GTE: [0, 1],
    Comparator.LT: [-1],
    Comparator.LTE: [-1, 0],
}
MICRO = 10**6
SMALL = 2**63 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class InTime:
    """The first or last event lies in [start, end) of microseconds since 1970."""

    start: int | None
    end: int | None

    @classmethod
    def of(cls, interval: Interval) -> InTime:
        """The acceptance of an interval of instants."""
        ends = (interval.start, interval.end)
        start, end = (None if at is None else microseconds(naive(at)) for at in ends)
        return cls(start=start, end=end)

    def judge(self, columns: Columns) -> Mask:
        """Where the column `at` lies in it; false where it is null."""
        at, mask = _filled(columns["at"].cast(pa.int64()), 0)
        if self.start is not None:
            mask &= at >= self.start
        if self.end is not None:
            mask &= at < self.end
        return mask


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparisons:
    """Several comparisons that all hold; none of them holds where there is no value."""

    all_of: frozenset[tuple[Comparator, float, float | None]]

    @classmethod
    def of(cls, comparisons: Iterable[Comparison]) -> Comparisons:
        """The acceptance of comparisons as written."""
        return cls(all_of=frozenset((c.comparator, c.bound, c.high) for c in comparisons))

    def holds_for(self, count: int) -> bool:
        """Whether one count is in."""
        return bool(self._judge_numbers(np.array([count]), np.array([True]))[0])

    def judge_counts(self, counts: Integers) -> Mask:
        """Which counts are in."""
        return self._judge_numbers(counts, np.ones(len(counts), dtype=bool))

    def judge(self, columns: Columns) -> Mask:
        """Where the measure is in. `count`: a count; `present`: a count that is no value when it
        is zero; `value`: a number; `sum`: a decimal; `sum` and `of`: an average."""
        if "count" in columns:
            return self._judge_numbers(*_filled(columns["count"], 0))
        if "present" in columns:
            counts, known = _filled(columns["present"], 0)
            return self._judge_numbers(counts, known & (counts > 0))
        if "value" in columns:
            return self._judge_numbers(*_filled(columns["value"], 0.0))
        return self._judge_sums(columns)

    def _judge_numbers(self, figures: npt.NDArray[np.int64 | np.float64], known: Mask) -> Mask:
        mask = known.copy()
        for comparator, low, high in self.all_of:
            # Numbers are float64 in the language, counts never reach where that matters.
            above = None if high is None else np.sign(figures - float(high))
            mask &= _accepts(comparator, np.sign(figures - float(low)), above)
        return mask

    def _judge_sums(self, columns: Columns) -> Mask:
        sums, known = Sums.read(columns["sum"])
        of = columns["of"].to_numpy() if "of" in columns else np.ones(len(known), dtype=np.int64)
        return known & self.judge_sums(sums, of)

    def judge_sums(self, sums: Sums, of: Integers) -> Mask:
        """Which sums, against bound × of, are in."""
        mask = np.ones(len(of), dtype=bool)
        for comparator, low, high in self.all_of:
            above = None if high is None else sums.signs(high, of)
            mask &= _accepts(comparator, sums.signs(low, of), above)
        return mask


def _accepts(comparator: Comparator, sign: Signs, above: Signs | None) -> Mask:
    """Where figures that lie below (−1), on (0) or above (1) the bound are in; `above` is the
    same for the high bound of `between`."""
    if comparator == Comparator.BETWEEN and above is not None:
        return np.asarray((sign >= 0) & (above <= 0))
    return np.isin(sign, SIGNS[comparator])


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """Decimals with 6 places as whole millionths; `large` holds those beyond 64 bits, by row."""

    millionths: Integers
    large: Mapping[int, int]

    @classmethod
    def read(cls, column: pa.ChunkedArray) -> tuple[Sums, Mask]:
        """The sums of a column and which of them are known."""
        decimals = column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)
        known = decimals.is_valid().to_numpy(zero_copy_only=False)
        # A decimal128 is its unscaled whole number in two 64-bit words.
        words = np.frombuffer(decimals.buffers()[1], dtype="<i8")
        pairs = words[2 * decimals.offset : 2 * (decimals.offset + len(decimals))].reshape(-1, 2)
        wide = known & (pairs[:, 1] != pairs[:, 0] >> 63)
        large = {int(row): int(decimals[row].as_py() * MICRO) for row in np.flatnonzero(wide)}
        return cls(millionths=np.where(known & ~wide, pairs[:, 0], 0), large=large), known

    def signs(self, bound: float, of: Integers) -> Integers:
        """Whether each sum is below (−1), on (0) or above (1) bound × of."""
        counts, place = np.unique(of, return_inverse=True)
        limits = [Fraction(repr(bound)) * MICRO * int(count) for count in counts]
        floors = np.array([_clamped(math.floor(limit)) for limit in limits], dtype=np.int64)[place]
        # A limit between two millionths lies above its floor, and so above a sum equal to that.
        on_floor = np.array([0 if limit.denominator == 1 else -1 for limit in limits])[place]
        signs = np.where(
            self.millionths > floors, 1, np.where(self.millionths < floors, -1, on_floor)
        )
        for row, millionths in self.large.items():
            limit = limits[place[row]]
            signs[row] = (millionths > limit) - (millionths < limit)
        return signs


def _clamped(number: int) -> int:
    return max(-SMALL, min(SMALL, number))


def _filled(column: pa.ChunkedArray, empty: float) -> tuple[Signs, Mask]:
    """The figures with `empty` for null, and which of them are known."""
    known = column.is_valid().to_numpy()
    return column.fill_null(empty).to_numpy(), known.copy()
