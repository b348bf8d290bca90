"""The newest row of everybody for one trait, with the answers that conditions on it give."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from catalogue.engine.bitmaps import Ordinals
from catalogue.engine.clocks import Integers
from catalogue.engine.columns import Values
from catalogue.engine.conditions.bench import Bench
from catalogue.engine.conditions.traits import TraitCondition, TraitFigure, known, newest
from catalogue.engine.vectors.newest import newest_rows
from catalogue.warehouse.connection import fetch
from catalogue.warehouse.tables import Tables, TraitChanges

OnTrait = TraitCondition | TraitFigure


@dataclass(frozen=True, slots=True, kw_only=True)
class TraitRows:
    """One row for each of n customers or accounts. `answers`: whether a condition holds, or what a
    figure is. `at` (microseconds since 1970) and `sequence` of the change; empty where rows are far
    away. `read`: how many changes were looked at."""

    ordinals: Ordinals
    at: Integers
    sequence: Integers
    answers: Mapping[OnTrait, pa.ChunkedArray]
    read: int


def trait_rows(
    changes: TraitChanges, conditions: Sequence[OnTrait], tables: Tables, now: datetime
) -> TraitRows:
    """The rows that are newest at `now`: picked here where rows are near, else by the back end."""
    is_near = tables.has_near_rows
    changed, value = known(changes, now) if is_near else newest(changes, now)
    kept = ("ordinal", "at", "sequence") if is_near else ("ordinal", "changes")
    values = Values((condition.path, condition.needs) for condition in conditions)
    # All paths of one scan begin at the same trait.
    table, readings = values.spread(changed, kept, {conditions[0].trait: value})
    bench = Bench(tables.connection)
    answers = {
        f"c{i}": condition.column(readings[condition.path], bench)
        for i, condition in enumerate(conditions)
    }
    rows = fetch(tables.connection, table.select(*kept, **answers))
    return _newest(rows, conditions) if is_near else _picked(rows, conditions)


def _newest(rows: pa.Table, conditions: Sequence[OnTrait]) -> TraitRows:
    ordinals, at = _ordinals(rows), _micros(rows["at"])
    sequence = rows["sequence"].to_numpy()
    mask = newest_rows(ordinals, at, sequence)
    if mask.all():
        return _rows(rows, conditions, at, sequence, len(rows))
    return _rows(rows.filter(pa.array(mask)), conditions, at[mask], sequence[mask], len(rows))


def _picked(rows: pa.Table, conditions: Sequence[OnTrait]) -> TraitRows:
    nothing = np.zeros(0, dtype=np.int64)
    return _rows(rows, conditions, nothing, nothing, int(pc.sum(rows["changes"]).as_py() or 0))


def _rows(
    rows: pa.Table, conditions: Sequence[OnTrait], at: Integers, sequence: Integers, read: int
) -> TraitRows:
    return TraitRows(
        ordinals=_ordinals(rows),
        at=at,
        sequence=sequence,
        answers={condition: rows[f"c{i}"] for i, condition in enumerate(conditions)},
        read=read,
    )


def _ordinals(rows: pa.Table) -> Ordinals:
    return np.asarray(rows["ordinal"].to_numpy(), dtype=np.uint32)


def _micros(column: pa.ChunkedArray) -> Integers:
    return np.asarray(column.cast(pa.timestamp("us")).cast(pa.int64()).to_numpy())
