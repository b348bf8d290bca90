"""Rows of events on their way into tallies: merges followed, split at the edges of windows."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
import pyarrow as pa

from catalogue.definitions.nodes import Path
from catalogue.definitions.windows import Interval
from catalogue.engine.clocks import Integers
from catalogue.engine.conditions.bench import Mask
from catalogue.engine.conditions.lists import Criterion
from catalogue.engine.grouping import projection
from catalogue.engine.vectors.edges import Edges
from catalogue.engine.vectors.money import Floats
from catalogue.engine.vectors.tally import Places
from catalogue.warehouse.connection import batches
from catalogue.warehouse.tables import EventTable, Tables

BATCH_ROWS = 1 << 20
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
Where = frozenset[Criterion]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ordinals:
    """Every ordinal there may be, and where merges lead. `size`: ordinals from it on are nobody's
    any more, and all stand at that one place. `last`: for each place that of its last survivor;
    empty when nobody was merged."""

    size: int
    last: Places

    @classmethod
    def of(cls, tables: Tables) -> Ordinals:
        """Those of a photo."""
        merges = tables.survivors
        people = tables.customers
        size = max([people.max() if people else -1, *merges.keys(), *merges.values()]) + 1
        last = np.arange(size + 1 if merges else 0, dtype=np.intp)
        if merges:
            last[list(merges)] = list(merges.values())
        return cls(size=size, last=last)

    def places(self, ordinals: Integers) -> Places:
        """Whose rows these are."""
        places = np.minimum(ordinals, self.size).astype(np.intp)
        return self.last[places] if len(self.last) else places


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """n rows of one slice. `whose`: places of their customers, shape (n,). `fits`: whether each
    fits; None when all do. `numbers`: of each, NaN where there is none."""

    place: int
    whose: Places
    fits: Mapping[Where, Mask | None]
    numbers: Mapping[Path, Floats]

    def ordered(self, by: Integers | slice, place: int) -> Part:
        """Some of the rows, or all in another order, as of another slice."""
        return Part(
            place=place,
            whose=self.whose[by],
            fits={where: None if one is None else one[by] for where, one in self.fits.items()},
            numbers={prop: one[by] for prop, one in self.numbers.items()},
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What is read: rows of the slices from `lowest` on, what they must fit, which numbers."""

    tables: Tables
    ordinals: Ordinals
    edges: Edges
    lowest: int
    wheres: Sequence[Where]
    props: Sequence[Path]

    def parts(self, sources: Sequence[EventTable]) -> Generator[Part]:
        """The rows, some at a time, in whatever order they come."""
        # Where there is one slice only, nobody asks when in it something happened.
        is_timed = self.edges.count - self.lowest > 1
        query = projection(
            sources, self.wheres, self.props, self._covered(), self.tables, with_times=is_timed
        )
        with closing(batches(self.tables.connection, query, BATCH_ROWS)) as stream:
            for batch in stream:
                yield from self._split(batch) if is_timed else [self._part(batch)]

    def _split(self, batch: pa.RecordBatch) -> Iterator[Part]:
        whole = self._part(batch)
        at = batch["at"].cast(pa.timestamp("us")).cast(pa.int64()).to_numpy()
        if len(at) > 1 and not (at[1:] >= at[:-1]).all():
            order = np.argsort(at, kind="stable")
            at, whole = at[order], whole.ordered(order, self.lowest)
        for place, low, high in self.edges.split(at):
            yield whole.ordered(slice(low, high), place)

    def _covered(self) -> Interval:
        at = self.edges.at
        start = None if self.lowest == 0 else _instant(int(at[self.lowest - 1]))
        return Interval(start=start, end=_instant(int(at[-1])))

    def _part(self, batch: pa.RecordBatch) -> Part:
        names = set(batch.schema.names)
        fits = {
            where: _mask(batch[f"w{i}"]) if f"w{i}" in names else None
            for i, where in enumerate(self.wheres)
        }
        numbers = {
            prop: batch[f"v{i}"].to_numpy(zero_copy_only=False)
            if f"v{i}" in names
            else np.full(len(batch), np.nan)
            for i, prop in enumerate(self.props)
        }
        whose = self.ordinals.places(batch["ordinal"].to_numpy())
        return Part(place=self.lowest, whose=whose, fits=fits, numbers=numbers)


def _mask(column: pa.Array) -> Mask:
    return np.asarray(column.to_numpy(zero_copy_only=False), dtype=bool)


def _instant(micros: int) -> datetime:
    return EPOCH + timedelta(microseconds=micros)
