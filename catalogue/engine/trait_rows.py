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
from catalogue.engine.conditions.bench import Bench
from catalogue.engine.conditions.traits import (
    TraitCondition,
    TraitDate,
    TraitFigure,
    known,
    newest,
)
from catalogue.engine.statements import compiled, statement
from catalogue.engine.vectors.newest import newest_rows
from catalogue.warehouse.connection import fetch
from catalogue.warehouse.tables import Tables, TraitChanges, ValueColumns

OnTrait = TraitCondition | TraitFigure | TraitDate


@dataclass(frozen=True, slots=True, kw_only=True)
class TraitRows:
    """One row for each of n customers or accounts. `answers`: whether a condition holds, or what a
    figure is. `at` (microseconds since 1970) and `sequence` of the change; empty where rows are far
    away, and where nobody asked for them. `read`: how many changes were looked at."""

    ordinals: Ordinals
    at: Integers
    sequence: Integers
    answers: Mapping[OnTrait, pa.ChunkedArray]
    read: int


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
    is_near = tables.has_near_rows
    rows = _kept(changes, conditions, tables, now) if is_near else None
    if rows is None:
        cut = known if is_near else newest
        query = _query(cut(changes, now), is_near, conditions, Bench(tables.connection))
        rows = fetch(tables.connection, query)
    found = {condition: rows[f"c{i}"] for i, condition in enumerate(conditions)}
    return _newest(rows, found, with_changes) if is_near else _picked(rows, found)


def _kept(
    changes: TraitChanges, conditions: Sequence[OnTrait], tables: Tables, now: datetime
) -> pa.Table | None:
    """The rows by a statement that was compiled before, or is kept now; None where there is none
    that could be kept."""
    backend = tables.connection
    everything = (changes.table, changes.value)
    text = statement(
        backend,
        changes.table,
        ("trait", changes.value.names, tuple(conditions)),
        [("<=", now)],
        lambda: compiled(backend, lambda bench: _query(everything, True, conditions, bench)),
    )
    if text is None or not isinstance(backend, Backend):
        return None
    return backend.con.sql(text).to_arrow_table()


def _query(
    changed: tuple[ir.Table, ValueColumns],
    is_near: bool,
    conditions: Sequence[OnTrait],
    bench: Bench,
) -> ir.Table:
    """Of each change what conditions say of its value."""
    table, value = changed
    kept = ("ordinal", "at", "sequence") if is_near else ("ordinal", "changes")
    values = Values(((condition.path, condition.needs) for condition in conditions), bench)
    # All paths of one scan begin at the same trait.
    table, readings = values.spread(table, kept, {conditions[0].trait: value})
    answers = {
        f"c{i}": condition.column(readings[condition.path], bench)
        for i, condition in enumerate(conditions)
    }
    return table.select(*kept, **answers)


Answers = Mapping[OnTrait, pa.ChunkedArray]
NOTHING: Integers = np.zeros(0, dtype=np.int64)


def _newest(rows: pa.Table, answers: Answers, with_changes: bool) -> TraitRows:
    ordinals, at = _ordinals(rows), _micros(rows["at"])
    sequence = rows["sequence"].to_numpy()
    mask = newest_rows(ordinals, at, sequence)
    if not mask.all():
        kept = pa.array(mask)
        answers = {condition: answer.filter(kept) for condition, answer in answers.items()}
        ordinals = ordinals[mask]
        at, sequence = (at[mask], sequence[mask]) if with_changes else (NOTHING, NOTHING)
    return TraitRows(ordinals=ordinals, at=at, sequence=sequence, answers=answers, read=len(rows))


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
