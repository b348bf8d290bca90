"""Recognising members in what a tool says it holds, a million of them in little memory: names are
kept as digests of 128 bits, beside the numbers they stand for."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

import numpy as np
import numpy.typing as npt
from pyroaring import BitMap

DIGEST_BYTES = 16
TOGETHER = 10_000
Numbers = npt.NDArray[np.uint64]
Ordinals = npt.NDArray[np.uint32]


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Known:
    """Digests of names, their first halves `high` in ascending order and their second `low` within
    equal ones, both of shape (n,), and whom each stands for, `ordinals` of shape (n,); people may
    share a name."""

    high: Numbers
    low: Numbers
    ordinals: Ordinals

    def seen_in(self, names: Iterable[str]) -> tuple[BitMap, list[str], int]:
        """Whom the names stand for; those that stand for nobody, each once, in order; and how many
        different names there were."""
        foreign = set[str]()
        found = np.zeros(len(self.ordinals), dtype=bool)
        count = 0
        for some in _pieces(names):
            first, last = self._spans(some)
            foreign.update(some[at] for at in np.flatnonzero(first == last))
            starts = np.unique(first[first < last])
            count += int(np.count_nonzero(~found[starts]))
            found[starts] = True
            for at in np.flatnonzero(last - first > 1):
                found[first[at] : last[at]] = True
        return BitMap(self.ordinals[found]), sorted(foreign), count + len(foreign)

    def _spans(self, names: list[str]) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
        """Where the rows of each name begin and end; both the same where there are none."""
        high, low = _halves(names)
        if not len(self.high):
            nowhere = np.zeros(len(names), dtype=np.intp)
            return nowhere, nowhere
        first = np.searchsorted(self.high, high, side="left")
        last = np.searchsorted(self.high, high, side="right")
        alone = (last - first == 1) & (self.low.take(first, mode="clip") == low)
        # Several rows share a half, or the one there is has another second half.
        for at in np.flatnonzero((last > first) & ~alone):
            begin = first[at]
            rows = self.low[begin : last[at]]
            first[at] = begin + np.searchsorted(rows, low[at], side="left")
            last[at] = begin + np.searchsorted(rows, low[at], side="right")
        return first, last

    @property
    def everybody(self) -> BitMap:
        """All who would be recognised."""
        return BitMap(self.ordinals)


def known_by(named: Iterable[Mapping[int, str]]) -> Known:
    """From pieces of {ordinal: name}, each name in the form that compares equal."""
    halves = [_halves([])]
    ordinals: list[Ordinals] = [np.empty(0, dtype=np.uint32)]
    for piece in named:
        halves.append(_halves(list(piece.values())))
        ordinals.append(np.fromiter(piece.keys(), dtype=np.uint32, count=len(piece)))
    high, low = (np.concatenate(part) for part in zip(*halves, strict=True))
    order = np.lexsort((low, high))
    return Known(high=high[order], low=low[order], ordinals=np.concatenate(ordinals)[order])


def _halves(names: list[str]) -> tuple[Numbers, Numbers]:
    data = b"".join(
        hashlib.blake2b(name.encode(), digest_size=DIGEST_BYTES).digest() for name in names
    )
    pairs = np.frombuffer(data, dtype=np.uint64).reshape(-1, 2)
    return pairs[:, 0].copy(), pairs[:, 1].copy()


def _pieces(names: Iterable[str]) -> Iterator[list[str]]:
    source = iter(names)
    while piece := list(islice(source, TOGETHER)):
        yield piece
