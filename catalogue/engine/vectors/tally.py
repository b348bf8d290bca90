"""How many events, and what sum, every customer has since each edge of a timeline."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from catalogue.engine.clocks import Integers
from catalogue.engine.conditions.bench import Mask
from catalogue.engine.vectors.money import Floats, TooLarge, millionths, takes_part

Counts = npt.NDArray[np.uint32]
Places = npt.NDArray[np.intp]
Vector = TypeVar("Vector", Counts, Integers)
MOST = 2.0**62


def distinct(some: Sequence[Places]) -> Places:
    """The different places among all of these, ascending. By sorting them, which is many times
    faster than `np.unique`: that looks each of them up."""
    places = np.sort(np.concatenate([np.zeros(0, dtype=np.intp), *some]))
    is_new = np.ones(len(places), dtype=bool)
    np.not_equal(places[1:], places[:-1], out=is_new[1:])
    return places[is_new]


@dataclass(slots=True, kw_only=True)
class Tally:
    """One vector for each slice of a timeline with one number for each ordinal, shape (size,):
    while rows are added, what lies in that slice; once `finish`ed, what lies in it or after it.

    `counts`: of events, or where numbers are summed up of numbers. `sums`: of numbers, in whole
    millionths. Slices without any are absent until `finish`."""

    size: int
    counts: dict[int, Counts] = field(default_factory=dict)
    sums: dict[int, Integers] = field(default_factory=dict)
    reach: float = 0.0

    def mark(self, place: int, ordinals: Places) -> None:
        """Take in that each of these ordinals has some in a slice, whatever their number."""
        if place not in self.counts:
            self.counts[place] = np.zeros(self.size, dtype=np.uint32)
        self.counts[place][ordinals] += np.uint32(1)

    def count(self, place: int, ordinals: Places) -> None:
        """Take in one event of each of these ordinals, in a slice."""
        if place not in self.counts:
            self.counts[place] = np.zeros(self.size, dtype=np.uint32)
        np.add.at(self.counts[place], ordinals, np.uint32(1))

    def add(self, place: int, ordinals: Places, numbers: Floats) -> None:
        """Take in one number of each, where there is one that sums take in. Raises TooLarge."""
        there = takes_part(numbers)
        if not there.all():
            ordinals, numbers = ordinals[there], numbers[there]
        values = millionths(numbers)
        # Whatever is added up in whatever order stays below this.
        self.reach += float(np.abs(values).sum(dtype=np.float64))
        if self.reach >= MOST:
            raise TooLarge
        self.count(place, ordinals)
        if place not in self.sums:
            self.sums[place] = np.zeros(self.size, dtype=np.int64)
        np.add.at(self.sums[place], ordinals, values)

    def finish(self, lowest: int, slices: int) -> None:
        """Sum up backwards from the newest slice to `lowest`."""
        _sum_up(self.counts, lowest, slices)
        if self.sums:
            _sum_up(self.sums, lowest, slices)

    def counted(self, start: int, end: int) -> Counts:
        """How many there are from one slice up to, and without, another."""
        return _between(self.counts, start, end, self._no_counts)

    def summed(self, start: int, end: int) -> Integers:
        """Their sum, from one slice up to, and without, another."""
        return _between(self.sums, start, end, self._no_sums)

    def _no_counts(self) -> Counts:
        return np.zeros(self.size, dtype=np.uint32)

    def _no_sums(self) -> Integers:
        return np.zeros(self.size, dtype=np.int64)

    def any(self, start: int, end: int) -> Mask:
        """Whose count there is not zero."""
        return self.counted(start, end) > 0


def _sum_up(vectors: dict[int, Vector], lowest: int, slices: int) -> None:
    after = vectors.get(slices - 1)
    for place in range(slices - 2, lowest - 1, -1):
        here = vectors.get(place)
        if here is None:
            here = after
        elif after is not None:
            here += after
        if here is not None:
            vectors[place] = after = here


def _between(
    vectors: dict[int, Vector], start: int, end: int, nothing: Callable[[], Vector]
) -> Vector:
    if start >= end or start not in vectors:
        return nothing()
    return vectors[start] - vectors[end] if end in vectors else vectors[start]
