"""Vectors of counts and sums that move with their windows: rows that leave are taken away, rows
that come are added, and nothing else is looked at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

import numpy as np

from catalogue.engine.clocks import Integers
from catalogue.engine.kept.mapped import Kept, Numbers, add, clear, in_memory, take_away
from catalogue.engine.vectors.judging import Counted
from catalogue.engine.vectors.money import TooLarge, millionths, takes_part
from catalogue.engine.vectors.ordinals import Ordinals
from catalogue.engine.vectors.rows import Rows
from catalogue.engine.vectors.tally import MOST, Counts, Places, Tally, Vector

# Where a stretch of time begins, in microseconds since 1970; None: at the beginning of time.
Start = int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """From the vector of one start to that of another: rows that come in, and rows that go out."""

    old: Start
    new: Start
    coming: Sequence[Rows]
    going: Sequence[Rows]


def room_for(size: int) -> int:
    """For how many more ordinals vectors are made, so that a few newcomers copy none of them."""
    return size // 64 + 64


@dataclass(slots=True, kw_only=True)
class Moving:
    """For each start how many events (of those `counted`) everybody has from it up to one end that
    is the same for all; `sums`: the sum of their numbers in whole millionths. Vectors have shape
    (n,), n at least the number of ordinals; absent where nobody has any. `reach`: no sum of any of
    these numbers in any order is larger."""

    counted: Counted
    counts: dict[Start, Kept] = field(default_factory=dict)
    sums: dict[Start, Kept] = field(default_factory=dict)
    reach: float = 0.0

    @classmethod
    def of(cls, counted: Counted, tally: Tally, starts: Mapping[Start, int]) -> Moving:
        """What a finished tally says, with the slice that each start begins."""
        return cls(
            counted=counted,
            counts=_each_its_own(tally.counts, starts),
            sums=_each_its_own(tally.sums, starts),
            reach=tally.reach,
        )

    def moves(self, steps: Sequence[Step], ordinals: Ordinals) -> list[Move]:
        """What is counted of the rows of some steps. Raises TooLarge, and then nothing of this is
        right any more."""
        known: dict[int, Taken] = {}
        return [
            Move(
                step=step,
                came=self._of(step.coming, ordinals, known),
                went=self._of(step.going, ordinals, known),
            )
            for step in steps
        ]

    def move(self, moves: Sequence[Move], size: int) -> None:
        """Go to the new starts. New vectors have shape (size,)."""
        uses = Counter(move.step.old for move in moves)
        counts, sums = Vectors(self.counts, size, np.uint32), Vectors(self.sums, size, np.int64)
        for move in moves:
            step, came, went = move.step, move.came, move.went
            uses[step.old] -= 1
            is_last = not uses[step.old]
            counts.change(step, came.whose, went.whose, 1, 1, is_last=is_last)
            if self.counted.prop:
                sums.change(step, came.whose, went.whose, came.values, went.values, is_last=is_last)
        self.counts, self.sums = counts.new, sums.new

    def pass_on(self, merged: Mapping[int, int]) -> None:
        """Give the survivors what those had who were merged away."""
        away, survivors = (np.array(one) for one in zip(*sorted(merged.items()), strict=True))
        for vectors in (self.counts, self.sums):
            for vector in vectors.values():
                add(vector, survivors, vector[away].astype(np.int64))
                clear(vector, away)

    def grow(self, old: int, size: int) -> None:
        """Make room for more ordinals; `old`: how many there were, and the place of nobody."""
        for vectors in (self.counts, self.sums):
            for start, vector in vectors.items():
                clear(vector, np.array([old]))
                missing = size - len(vector)
                if missing > 0:
                    more = np.zeros(missing + room_for(size), vector.dtype)
                    vectors[start] = np.concatenate([in_memory(vector), more])

    def leave_the_file(self) -> None:
        """Take vectors that lie in a file into memory."""
        self.counts = {start: in_memory(one) for start, one in self.counts.items()}
        self.sums = {start: in_memory(one) for start, one in self.sums.items()}

    def tally(self, starts: Mapping[int, Start], some: Places | slice, size: int) -> Tally:
        """What `judge` reads, of some ordinals; `size`: how many these are. `starts`: from when on
        each of its slices counts."""
        found = Tally(size=size)
        for place, start in starts.items():
            if start in self.counts:
                found.counts[place] = cast("Counts", self.counts[start][some])
            if start in self.sums:
                found.sums[place] = cast("Integers", self.sums[start][some])
        return found

    @property
    def nbytes(self) -> int:
        """The memory of its vectors."""
        counts = sum(one.nbytes for one in self.counts.values())
        return counts + sum(one.nbytes for one in self.sums.values())

    def _of(self, runs: Sequence[Rows], ordinals: Ordinals, known: dict[int, Taken]) -> Taken:
        """Those of the rows that are counted; `known`: what was taken of each run in this move, for
        what arrived comes into most windows."""
        for rows in runs:
            if id(rows) not in known:
                known[id(rows)] = self._taken(rows, ordinals)
        found = [known[id(rows)] for rows in runs]
        if len(found) == 1:
            return found[0]
        return Taken(
            whose=np.concatenate([one.whose for one in found] or [np.zeros(0, dtype=np.intp)]),
            values=np.concatenate([one.values for one in found] or [np.zeros(0, dtype=np.int64)]),
        )

    def _taken(self, rows: Rows, ordinals: Ordinals) -> Taken:
        fits = rows.fits[self.counted.where]
        whose = ordinals.places(rows.ordinals)
        whose = whose if fits is None else whose[fits]
        if not self.counted.prop:
            return Taken(whose=whose, values=np.zeros(0, dtype=np.int64))
        numbers = rows.numbers[self.counted.prop]
        numbers = numbers if fits is None else numbers[fits]
        there = takes_part(numbers)
        values = millionths(numbers[there])
        self.reach += float(np.abs(values).sum(dtype=np.float64))
        if self.reach >= MOST:
            raise TooLarge
        return Taken(whose=whose[there], values=values)


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """Whose rows, and where numbers are summed up their millionths; shape (n,)."""

    whose: Places
    values: Integers


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A step, and what is counted of the rows that come in and go out."""

    step: Step
    came: Taken
    went: Taken


def _each_its_own(vectors: Mapping[int, Vector], starts: Mapping[Start, int]) -> dict[Start, Kept]:
    """The vector of each start. Where nothing lies between two, a tally has one for both."""
    found: dict[Start, Kept] = {}
    seen: set[int] = set()
    for start, place in starts.items():
        if place in vectors:
            vector = vectors[place]
            found[start] = vector.copy() if id(vector) in seen else vector
            seen.add(id(vector))
    return found


class Vectors:
    """Vectors on their way from the old starts to the new ones."""

    def __init__(
        self, old: Mapping[Start, Kept], size: int, dtype: type[np.uint32 | np.int64]
    ) -> None:
        self.old = old
        self.size, self.dtype = size, dtype
        self.new: dict[Start, Kept] = {}

    def change(
        self,
        step: Step,
        came: Places,
        went: Places,
        values: Integers | int,
        lost: Integers | int,
        *,
        is_last: bool,
    ) -> None:
        """Make the vector of the new start; the old one itself where nobody else needs it."""
        vector = self.old.get(step.old)
        if vector is None:
            if not len(came) and not len(went):
                return
            vector = cast("Numbers", np.zeros(self.size, dtype=self.dtype))
        elif not is_last:
            vector = vector.copy()
        add(vector, came, values)
        take_away(vector, went, lost)
        self.new[step.new] = vector
