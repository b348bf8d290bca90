"""Rows of events as arrays: when, whose, which conditions they fit, and their numbers."""

from __future__ import annotations

from collections.abc import Generator, Hashable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass

import ibis.expr.types as ir
import numpy as np
import numpy.typing as npt
import pyarrow as pa
from ibis.backends.duckdb import Backend

from catalogue.definitions.nodes import Path
from catalogue.definitions.windows import Interval
from catalogue.engine.clocks import LATEST, Integers
from catalogue.engine.conditions.bench import Bench, Mask
from catalogue.engine.grouping import projection
from catalogue.engine.local_times import microseconds, naive
from catalogue.engine.statements import compiled, statement, within
from catalogue.engine.vectors.asked import Asked, Where
from catalogue.engine.vectors.few import few_rows
from catalogue.engine.vectors.money import Floats
from catalogue.engine.vectors.plain import plain_statement
from catalogue.warehouse.connection import batches, batches_of
from catalogue.warehouse.tables import EventTable, Tables

BATCH_ROWS = 1 << 19
RawOrdinals = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """n rows. `at`: microseconds since 1970, ascending; empty where nobody asked for it.
    `ordinals`: merges not followed. `fits`: whether each fits; None when all do. `numbers`: of
    each, NaN where there is none. Shapes (n,)."""

    at: Integers
    ordinals: RawOrdinals
    fits: Mapping[Where, Mask | None]
    numbers: Mapping[Path, Floats]

    def __len__(self) -> int:
        return len(self.ordinals)

    def chosen(self, by: Integers | slice) -> Rows:
        """Some of them, or all in another order. Those of a slice share memory with these."""
        return Rows(
            at=self.at[by] if len(self.at) else self.at,
            ordinals=self.ordinals[by],
            fits={where: None if one is None else one[by] for where, one in self.fits.items()},
            numbers={prop: one[by] for prop, one in self.numbers.items()},
        )

    def between(self, start: int | None, end: int) -> Rows:
        """Those of [start, end), or these where they are all; None is the beginning of time."""
        low = 0 if start is None else int(self.at.searchsorted(start))
        high = max(low, int(self.at.searchsorted(end)))
        return self if not low and high == len(self) else self.chosen(slice(low, high))

    @property
    def nbytes(self) -> int:
        """The memory that its arrays take."""
        arrays = [self.at, self.ordinals, *self.fits.values(), *self.numbers.values()]
        return sum(one.nbytes for one in arrays if one is not None)


def read(
    sources: Sequence[EventTable],
    asked: Asked,
    covered: Interval,
    tables: Tables,
    *,
    with_times: bool,
) -> Generator[Rows]:
    """The rows of an interval, some at a time; each time they are ascending, and one time may be
    before the other."""
    # One source after the other: a union of many takes long to be compiled, and nobody asks for an
    # order between them.
    for source in sources:
        few = few_rows(tables.connection, source, asked) if with_times else None
        if few is not None:
            yield from _inside(few, asked, covered)
            continue
        with closing(_batches(source, asked, covered, tables, with_times=with_times)) as stream:
            for batch in stream:
                yield _sorted(_rows(batch, asked, with_times=with_times))


def _inside(few: pa.Table, asked: Asked, covered: Interval) -> Iterator[Rows]:
    """Those of a few rows that lie in an interval."""
    start = None if covered.start is None else microseconds(naive(covered.start))
    end = LATEST + 1 if covered.end is None else microseconds(naive(covered.end))
    for batch in few.to_batches():
        yield _sorted(_rows(batch, asked, with_times=True)).between(start, end)


def _batches(
    source: EventTable, asked: Asked, covered: Interval, tables: Tables, *, with_times: bool
) -> Generator[pa.RecordBatch]:
    backend = tables.connection

    def query(covered: Interval, bench: Bench) -> ir.Table:
        wheres, props = asked.wheres, asked.props
        return projection([source], wheres, props, covered, bench, with_times=with_times)

    kept = statement(
        backend,
        source.table,
        _told(source, asked, with_times),
        within(covered),
        lambda: (
            plain_statement(source, asked, with_times=with_times)
            or compiled(backend, lambda bench: query(Interval(), bench))
        ),
    )
    if kept is not None and isinstance(backend, Backend):
        return batches_of(backend, kept, BATCH_ROWS)
    return batches(backend, query(covered, Bench(backend)), BATCH_ROWS)


def _told(source: EventTable, asked: Asked, with_times: bool) -> Hashable:
    """All that decides what is read of every row, but for the columns of the table."""
    paths = [*asked.props, *(one.path for where in asked.wheres for one in where)]
    known = source.properties
    # Of a long name the column says a part only.
    columns = {path[0]: known[path[0]].names for path in paths if path[0] in known}
    return (
        *("events", tuple(asked.wheres), tuple(asked.props), with_times),
        frozenset(columns.items()),
    )


def _rows(batch: pa.RecordBatch, asked: Asked, *, with_times: bool) -> Rows:
    names = set(batch.schema.names)
    return Rows(
        at=_micros(batch["at"]) if with_times else np.zeros(0, dtype=np.int64),
        ordinals=batch["ordinal"].to_numpy(),
        fits={
            where: _mask(batch[f"w{i}"]) if f"w{i}" in names else None
            for i, where in enumerate(asked.wheres)
        },
        numbers={
            prop: batch[f"v{i}"].to_numpy(zero_copy_only=False)
            if f"v{i}" in names
            else np.full(len(batch), np.nan)
            for i, prop in enumerate(asked.props)
        },
    )


def _sorted(rows: Rows) -> Rows:
    at = rows.at
    if len(at) < 2 or (at[1:] >= at[:-1]).all():
        return rows
    return rows.chosen(np.argsort(at, kind="stable"))


def _micros(column: pa.Array) -> Integers:
    return np.asarray(column.cast(pa.timestamp("us")).cast(pa.int64()).to_numpy())


def _mask(column: pa.Array) -> Mask:
    return np.asarray(column.to_numpy(zero_copy_only=False), dtype=bool)
