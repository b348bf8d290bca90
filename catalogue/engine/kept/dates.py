"""The dates that everybody's newest value of a trait says: windows which move with the clock are
laid over them, and nothing is read again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from pyroaring import BitMap

from catalogue.definitions.nodes import Path
from catalogue.engine.bitmaps import Ordinals, from_ascending, from_mask
from catalogue.engine.clocks import Integers
from catalogue.engine.conditions.bench import Mask
from catalogue.engine.conditions.dates import InSpans
from catalogue.engine.conditions.readings import Reading
from catalogue.engine.conditions.traits import TraitDate
from catalogue.engine.local_times import Span, microseconds
from catalogue.engine.trait_rows import TraitRows

# Of so many windows over one date it is remembered who lies in them.
MOST_STRETCHES = 32


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Stretched:
    """Some timestamps that follow each other, [low, high) of the sorted ones, and whose they
    are."""

    low: int
    high: int
    people: BitMap

    def distance(self, low: int, high: int) -> int:
        """How many come or go on the way to another stretch."""
        return abs(self.low - low) + abs(self.high - high)

    def moved(self, low: int, high: int, ordinals: Ordinals) -> Stretched:
        """Another stretch, made of this one, which must not be used any more."""
        people = self.people
        people -= _people(ordinals[self.low : min(low, self.high)])
        people -= _people(ordinals[max(high, self.low) : self.high])
        people |= _people(ordinals[low : min(self.low, high)])
        people |= _people(ordinals[max(self.high, low) : high])
        return Stretched(low=low, high=high, people=people)


def _people(ordinals: Ordinals) -> BitMap:
    return from_ascending(np.sort(ordinals))


class Timestamps:
    """`at`: microseconds since 1970, of those who have any; `ordinals`: whose. Shapes (n,); in any
    order until they are sorted, then ascending by `at`."""

    def __init__(self, at: Integers, ordinals: Ordinals) -> None:
        self.at, self.ordinals = at, ordinals
        self._is_sorted = False
        self._stretches: list[Stretched] = []

    @classmethod
    def of(cls, column: pa.ChunkedArray, ordinals: Ordinals) -> Timestamps:
        """Those of a column, which has one for each ordinal or null."""
        there = column.is_valid().to_numpy()
        known = column.drop_null().cast(pa.timestamp("us")).cast(pa.int64())
        return cls(np.asarray(known.to_numpy()), ordinals[there])

    def after(self, new: Timestamps, changed: Ordinals) -> Timestamps:
        """Those there are after the values of some changed; `new`: what these say now."""
        stay = ~np.isin(self.ordinals, changed)
        return Timestamps(
            np.concatenate([self.at[stay], new.at]),
            np.concatenate([self.ordinals[stay], new.ordinals]),
        )

    def within(self, spans: Sequence[Span]) -> BitMap:
        """Whose lies in one of the spans."""
        return BitMap.union(BitMap(), *(self._inside(span) for span in spans))

    def _inside(self, span: Span) -> BitMap:
        start = None if span.start is None else microseconds(span.start)
        end = None if span.end is None else microseconds(span.end)
        if self._is_sorted:
            low = 0 if start is None else int(self.at.searchsorted(start))
            high = len(self.at) if end is None else int(self.at.searchsorted(end))
            return self._stretch(low, high).people if low < high else BitMap()
        fits = np.ones(len(self.at), dtype=bool)
        if start is not None:
            fits &= self.at >= start
        if end is not None:
            fits &= self.at < end
        return from_mask(self.ordinals, fits)

    def _stretch(self, low: int, high: int) -> Stretched:
        """Whose are those of [low, high), from a stretch near it that somebody asked for before,
        which is changed: a window goes on by little, and takes in much."""
        near = min(self._stretches, key=lambda one: one.distance(low, high), default=None)
        if near is None or near.distance(low, high) >= high - low:
            near = Stretched(low=low, high=low, people=BitMap())
        else:
            self._stretches.remove(near)
        moved = near.moved(low, high, self.ordinals)
        self._stretches = [*self._stretches, moved][-MOST_STRETCHES:]
        return moved

    def sort(self) -> None:
        """Make every further question cost what it answers, and not what there is."""
        if not self._is_sorted:
            order = np.argsort(self.at, kind="stable")
            self.at, self.ordinals = self.at[order], self.ordinals[order]
            self._is_sorted = True

    def leave_the_file(self) -> None:
        """Take what lies in a file into memory."""
        self.at, self.ordinals = self.at.copy(), self.ordinals.copy()

    @property
    def nbytes(self) -> int:
        """The memory it takes."""
        return self.at.nbytes + self.ordinals.nbytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Dates:
    """What the values at one path say: instants, and local times."""

    moments: Timestamps
    locals: Timestamps

    def true_for(self, test: InSpans) -> BitMap:
        """For whom a test is true."""
        return self.moments.within(test.moments) | self.locals.within(test.locals)

    @classmethod
    def of(cls, path: Path, rows: TraitRows) -> Dates:
        """What rows say that were asked for `asked_for` the path."""
        return cls._among(path, rows, np.ones(len(rows.ordinals), dtype=bool))

    @classmethod
    def _among(cls, path: Path, rows: TraitRows, some: Mask) -> Dates:
        chosen, whose = pa.array(some), rows.ordinals[some]
        moments, local = (rows.column(one).filter(chosen) for one in asked_for(path))
        return cls(moments=Timestamps.of(moments, whose), locals=Timestamps.of(local, whose))

    def after(self, path: Path, rows: TraitRows, wins: Mask) -> Dates:
        """What they are after changes; `wins`: which of the rows say something new."""
        new, changed = Dates._among(path, rows, wins), rows.ordinals[wins]
        return Dates(
            moments=self.moments.after(new.moments, changed),
            locals=self.locals.after(new.locals, changed),
        )

    def sort(self) -> None:
        """As `Timestamps.sort`."""
        self.moments.sort()
        self.locals.sort()

    def leave_the_file(self) -> None:
        """As `Timestamps.leave_the_file`."""
        self.moments.leave_the_file()
        self.locals.leave_the_file()

    @property
    def nbytes(self) -> int:
        """The memory it takes."""
        return self.moments.nbytes + self.locals.nbytes


def asked_for(path: Path) -> tuple[TraitDate, TraitDate]:
    """What the dates at a path are made of."""
    return (
        TraitDate(path=path, reading=Reading.MOMENT),
        TraitDate(path=path, reading=Reading.LOCAL),
    )
