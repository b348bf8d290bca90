"""The newest row of everybody for one trait, with the answers that conditions on it give."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from ibis.backends.duckdb import Backend

from catalogue.engine.bitmaps import Ordinals
from catalogue.engine.clocks import Integers
from catalogue.engine.columns import Values
from catalogue.engine.conditions.bench import Bench, Mask
from catalogue.engine.conditions.traits import known, newest
from catalogue.engine.plain_traits import OnTrait, plain_rows
from catalogue.engine.statements import compiled, statement
from catalogue.engine.vectors.newest import are_distinct, is_rising, newest_rows
from catalogue.warehouse.connection import fetch
from catalogue.warehouse.parquet import FileBackend
from catalogue.warehouse.tables import Tables, TraitChanges, ValueColumns

# A figure or a date of each row as a column; whether a condition holds as one, or as a mask.
Answers = Mapping[OnTrait, pa.ChunkedArray | Mask]
# The columns that are read beside the answers: to pick the newest row here, or from where it is
# picked already.
Columns = tuple[str, ...]
NEAR: Columns = ("ordinal", "at", "sequence")
FAR: Columns = ("ordinal", "changes")


@dataclass(frozen=True, slots=True, kw_only=True)
class TraitRows:
    """One row for each of n customers or accounts. `answers`: whether a condition holds, or what a
    figure is. `at` (microseconds since 1970) and `sequence` of the change; empty where rows are far
    away, and where nobody asked for them. `read`: how many changes were looked at."""

    ordinals: Ordinals
    at: Integers
    sequence: Integers
    answers: Answers
    read: int

    def holds(self, condition: OnTrait) -> Mask:
        """For which rows a condition is true."""
        found = self.answers[condition]
        return found if isinstance(found, np.ndarray) else np.asarray(found.to_numpy(), dtype=bool)

    def column(self, asked: OnTrait) -> pa.ChunkedArray:
        """What a figure or a date is."""
        found = self.answers[asked]
        assert not isinstance(found, np.ndarray)  # noqa: S101 (only conditions are masks)
        return found


def trait_rows(
    changes: TraitChanges,
    conditions: Sequence[OnTrait],
    tables: Tables,
    now: datetime,
    *,
    with_changes: bool = False,
) -> TraitRows:
    """The rows that are newest at `now`: picked here where rows are near, else by the back end.
    `with_changes`: whether anybody asks when they changed."""
    if not tables.has_near_rows:
        query = _query(newest(changes, now), FAR, conditions, Bench(tables.connection))
        rows = fetch(tables.connection, query)
        return _picked(rows, _answers(rows, conditions))
    plain = plain_rows(changes, conditions, tables, now, with_changes=with_changes)
    if plain is not None:
        if "at" not in plain.rows.column_names:
            return _all_of(plain.rows, plain.answers)
        return _newest(plain.rows, plain.answers, with_changes)
    if not with_changes and _is_of_one_file(changes, tables):
        # Hardly ever has one file two changes of somebody.
        rows = _near(changes, ("ordinal",), conditions, tables, now)
        if are_distinct(_ordinals(rows)):
            return _all_of(rows, _answers(rows, conditions))
    rows = _near(changes, NEAR, conditions, tables, now)
    return _newest(rows, _answers(rows, conditions), with_changes)


def _is_of_one_file(changes: TraitChanges, tables: Tables) -> bool:
    backend = tables.connection
    return isinstance(backend, FileBackend) and len(backend.files_of(changes.table)) == 1


def _answers(rows: pa.Table, conditions: Sequence[OnTrait]) -> Answers:
    return {condition: rows[f"c{i}"] for i, condition in enumerate(conditions)}


def _near(
    changes: TraitChanges,
    columns: Columns,
    conditions: Sequence[OnTrait],
    tables: Tables,
    now: datetime,
) -> pa.Table:
    rows = _kept(changes, columns, conditions, tables, now)
    if rows is None:
        query = _query(known(changes, now), columns, conditions, Bench(tables.connection))
        rows = fetch(tables.connection, query)
    return rows


def _kept(
    changes: TraitChanges,
    columns: Columns,
    conditions: Sequence[OnTrait],
    tables: Tables,
    now: datetime,
) -> pa.Table | None:
    """The rows by a statement that was compiled before, or is kept now; None where there is none
    that could be kept."""
    backend = tables.connection
    everything = (changes.table, changes.value)
    text = statement(
        backend,
        changes.table,
        ("trait", columns, changes.value.names, tuple(conditions)),
        [("<=", now)],
        lambda: compiled(backend, lambda bench: _query(everything, columns, conditions, bench)),
    )
    if text is None or not isinstance(backend, Backend):
        return None
    return backend.con.sql(text).to_arrow_table()


def _query(
    changed: tuple[ir.Table, ValueColumns],
    columns: Columns,
    conditions: Sequence[OnTrait],
    bench: Bench,
) -> ir.Table:
    """Of each change some columns, and what conditions say of its value."""
    table, value = changed
    values = Values(((condition.path, condition.needs) for condition in conditions), bench)
    # All paths of one scan begin at the same trait.
    table, readings = values.spread(table, columns, {conditions[0].trait: value})
    answers = {
        f"c{i}": condition.column(readings[condition.path], bench)
        for i, condition in enumerate(conditions)
    }
    return table.select(*columns, **answers)


NOTHING: Integers = np.zeros(0, dtype=np.int64)


def _newest(rows: pa.Table, answers: Answers, with_changes: bool) -> TraitRows:
    ordinals = _ordinals(rows)
    if not with_changes and is_rising(ordinals):
        return _all_of(rows, answers)
    at = _micros(rows["at"])
    sequence = rows["sequence"].to_numpy()
    mask = newest_rows(ordinals, at, sequence)
    if not mask.all():
        answers = {condition: _filtered(answer, mask) for condition, answer in answers.items()}
        ordinals = ordinals[mask]
        at, sequence = (at[mask], sequence[mask]) if with_changes else (NOTHING, NOTHING)
    return TraitRows(ordinals=ordinals, at=at, sequence=sequence, answers=answers, read=len(rows))


def _filtered(answer: pa.ChunkedArray | Mask, mask: Mask) -> pa.ChunkedArray | Mask:
    return answer[mask] if isinstance(answer, np.ndarray) else answer.filter(pa.array(mask))


def _all_of(rows: pa.Table, answers: Answers) -> TraitRows:
    return TraitRows(
        ordinals=_ordinals(rows), at=NOTHING, sequence=NOTHING, answers=answers, read=len(rows)
    )


def _picked(rows: pa.Table, answers: Answers) -> TraitRows:
    return TraitRows(
        ordinals=_ordinals(rows),
        at=NOTHING,
        sequence=NOTHING,
        answers=answers,
        read=int(pc.sum(rows["changes"]).as_py() or 0),
    )


def _ordinals(rows: pa.Table) -> Ordinals:
    return np.asarray(rows["ordinal"].to_numpy(), dtype=np.uint32)


def _micros(column: pa.ChunkedArray) -> Integers:
    return np.asarray(column.cast(pa.timestamp("us")).cast(pa.int64()).to_numpy())
