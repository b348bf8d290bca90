"""Statements over files, compiled once: Ibis takes longer to compile one than DuckDB to read half a
million rows, and from one refresh to the next only the files and the clock are others.

What is kept is the text that was compiled for one table of files. It depends on the table's columns
and on what is asked, and both are its key; the files and the stretch of time are put before it."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import ibis
import ibis.expr.types as ir
import pyarrow as pa
from ibis.expr import operations as ops

from catalogue.definitions.windows import Interval
from catalogue.engine.conditions.bench import Bench
from catalogue.engine.local_times import naive
from catalogue.engine.shelf import Shelf
from catalogue.warehouse.parquet import FileBackend, source_of

MOST_BYTES = 16 << 20
# What a key takes beside the text, about.
KEY_BYTES = 4096
# What the time of a row has to be.
Bound = tuple[Literal[">=", "<", "<="], datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """`text` reads all rows of a table called `name`."""

    name: str
    text: str

    def over(self, source: str, bounds: Sequence[Bound]) -> str:
        """The statement over those rows of a source, an expression of SQL, whose time is within the
        bounds (aware instants)."""
        inside = " AND ".join(f'"at" {sign} {_instant(at)}' for sign, at in bounds)
        # Our own files and instants; nothing that anybody wrote comes here.
        rows = f"SELECT * FROM {source}{' WHERE ' if inside else ''}{inside}"  # noqa: S608
        with_rows = f'WITH "{self.name}" AS NOT MATERIALIZED ({rows})'
        return f'{with_rows} SELECT * FROM ({self.text}) AS "answer"'  # noqa: S608


_kept: Shelf[Statement] = Shelf(MOST_BYTES)


def statement(
    backend: ibis.BaseBackend,
    table: ir.Table,
    asked: Hashable,
    bounds: Sequence[Bound],
    write: Callable[[], str | None],
) -> str | None:
    """A statement over the rows of a table that are within the bounds. `write` gives its text, over
    all rows, which depends on nothing but the columns of the table and what is `asked`. None where
    the rows are not those of files, or `write` gives none."""
    files = backend.files_of(table) if isinstance(backend, FileBackend) else ()
    if not files:
        return None
    key = (tuple(table.schema().items()), asked)
    found = _kept.get(key)
    if found is None:
        text = write()
        if text is None:
            return None
        found = Statement(name=table.get_name(), text=text)
        _kept.keep(key, found, len(text) + KEY_BYTES)
    return found.over(source_of(files), bounds)


def compiled(backend: ibis.BaseBackend, build: Callable[[Bench], ir.Table]) -> str | None:
    """What a query compiles to; None where it depends on values that there are, or are given."""
    try:
        query = build(_Blind(backend))
    except _LooksAtDataError:
        return None
    return None if query.op().find(ops.InMemoryTable) else str(backend.compile(query))


def within(covered: Interval) -> list[Bound]:
    """The bounds of an interval."""
    bounds: list[Bound] = []
    if covered.start is not None:
        bounds.append((">=", covered.start))
    if covered.end is not None:
        bounds.append(("<", covered.end))
    return bounds


class _LooksAtDataError(Exception):
    """What is asked can be said only by looking at the values there are."""


class _Blind(Bench):
    """A bench for statements that are kept."""

    def distinct_column(self, value: ir.Value) -> pa.ChunkedArray:
        """Raises _LooksAtDataError."""
        raise _LooksAtDataError


def _instant(at: datetime) -> str:
    return f"CAST('{naive(at).isoformat(sep=' ')}' AS TIMESTAMP)"
