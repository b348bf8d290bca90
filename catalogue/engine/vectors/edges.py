"""Windows over one timeline: where it is cut, and which slices each window is made of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from catalogue.engine.clocks import Integers

# From a start (None: the beginning of time) up to, and without, an end; microseconds since 1970.
Stretch = tuple[int | None, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Edges:
    """A timeline cut at `at`, ascending instants in microseconds since 1970 UTC; shape (m,).

    Slice 0 is before the first edge, slice k from edge k - 1 up to, and without, edge k. Nothing
    lies at or after the last edge."""

    at: Integers

    @classmethod
    def of(cls, stretches: Iterable[Stretch]) -> Edges:
        """The edges of these stretches."""
        found = {edge for stretch in stretches for edge in stretch if edge is not None}
        return cls(at=np.array(sorted(found), dtype=np.int64))

    @property
    def count(self) -> int:
        """How many slices there are."""
        return len(self.at)

    def slice_from(self, start: int | None) -> int:
        """The slice that begins at an edge; None is the beginning of time. The last edge begins
        none: the number of slices."""
        return 0 if start is None else int(self.at.searchsorted(start)) + 1

    def split(self, at: Integers) -> list[tuple[int, int, int]]:
        """(slice, from, to): which of these ascending instants lie in which slice; slices without
        any are left out."""
        ends = [0, *at.searchsorted(self.at).tolist()]
        pairs = zip(ends, ends[1:], strict=False)
        return [(place, low, high) for place, (low, high) in enumerate(pairs) if low < high]
