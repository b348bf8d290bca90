"""One query per trait and one per selection of events answer all conditions on them.

Stages of a query: the columns needed → the rows that count → merges followed → readings derived →
terms judged → for events, figures aggregated per customer. Comparisons of figures are made outside,
exactly. Nothing of a definition becomes SQL text: values are literals, columns have our own names.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyroaring import BitMap

from catalogue.engine.bitmaps import Ordinals, from_mask
from catalogue.engine.columns import Values
from catalogue.engine.conditions.aggregates import Columns
from catalogue.engine.conditions.bench import Bench, Mask
from catalogue.engine.conditions.events import EventCondition, Measure
from catalogue.engine.conditions.newest import TwoNewest
from catalogue.engine.conditions.traits import TraitCondition, known, newest
from catalogue.engine.grouping import grouped
from catalogue.engine.intervals import covering
from catalogue.engine.vectors.money import TooLarge
from catalogue.engine.vectors.newest import newest_rows
from catalogue.engine.vectors.scan import can_answer, scan_vectors
from catalogue.engine.walks.conditions import WalkCondition
from catalogue.engine.walks.rows import read_rows
from catalogue.warehouse.connection import fetch
from catalogue.warehouse.tables import EventTable, Tables

FigureCondition = EventCondition | TwoNewest
Condition = TraitCondition | FigureCondition | WalkCondition


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Customers for whom each condition is true, as ordinals of the population; and, of conditions
    on events, the figures that say so, as `Comparisons.judge` and `InTime.judge` read them."""

    members: Mapping[Condition, BitMap]
    rows_read: int
    figures: Mapping[Measure, Columns] = field(default_factory=dict)


def scan_trait(
    name: str, conditions: Sequence[TraitCondition], tables: Tables, now: datetime
) -> Answer:
    """Judge all conditions on one trait by its newest values."""
    changes = tables.trait_changes(name)
    if changes is None:
        return Answer(members={condition: BitMap() for condition in conditions}, rows_read=0)
    is_near = tables.has_near_rows
    found, value = known(changes, now) if is_near else newest(changes, now)
    kept = ("ordinal", "at", "sequence") if is_near else ("ordinal", "changes")
    values = Values((condition.path, condition.test.needs) for condition in conditions)
    table, readings = values.spread(found, kept, {name: value})
    bench = Bench(tables.connection)
    answers = {
        f"c{i}": condition.test.holds(readings[condition.path], bench)
        for i, condition in enumerate(conditions)
    }
    rows = _run(table.select(*kept, **answers), tables)
    ordinals = _ordinals(rows)
    count = _newest_of(rows, ordinals) if is_near else None
    members: dict[Condition, BitMap] = {}
    for condition, name in zip(conditions, answers, strict=True):
        mask = rows[name].to_numpy()
        true = from_mask(ordinals, mask if count is None else mask & count)
        members[condition] = true & tables.customers
    return Answer(members=members, rows_read=len(rows) if is_near else _total(rows["changes"]))


def _newest_of(rows: pa.Table, ordinals: Ordinals) -> Mask:
    at = rows["at"].cast(pa.timestamp("us")).cast(pa.int64()).to_numpy()
    return newest_rows(ordinals, at, rows["sequence"].to_numpy())


def scan_events(
    names: frozenset[str], conditions: Sequence[FigureCondition], tables: Tables
) -> Answer:
    """Judge all conditions on one selection of events: by its rows, counted here, what can be told
    so where rows are near; by one grouped query all else."""
    sources = [table for name in sorted(names) if (table := tables.events(name)) is not None]
    if not sources:
        return Answer(members={c: _without_events(c, tables) for c in conditions}, rows_read=0)
    counted = _counted(sources, conditions, tables)
    others = [one for one in conditions if one not in counted.members]
    return counted if not others else _joined(counted, _grouped(sources, others, tables))


def _counted(
    sources: list[EventTable], conditions: Sequence[FigureCondition], tables: Tables
) -> Answer:
    near = [c for c in conditions if tables.has_near_rows and can_answer(c, sources)]
    members: dict[Condition, BitMap] = {}
    rows = 0
    if near:
        # A sum too large to be counted here is left to the back end.
        with suppress(TooLarge):
            found, rows = scan_vectors(sources, near, tables)
            members = {condition: found[condition] for condition in near}
    return Answer(members=members, rows_read=rows)


def _joined(one: Answer, other: Answer) -> Answer:
    return Answer(
        members={**one.members, **other.members},
        rows_read=one.rows_read + other.rows_read,
        figures=other.figures,
    )


def _grouped(
    sources: list[EventTable], conditions: Sequence[FigureCondition], tables: Tables
) -> Answer:
    measures = list(dict.fromkeys(m for condition in conditions for m in condition.measures))
    rows = _run(grouped(sources, measures, tables), tables)
    ordinals = _ordinals(rows)
    seen = from_mask(ordinals, np.ones(len(ordinals), dtype=bool))
    figures = {measure: _figures_of(rows, place) for place, measure in enumerate(measures)}
    members: dict[Condition, BitMap] = {}
    for condition in conditions:
        true = from_mask(ordinals, condition.judge(figures)) & tables.customers
        members[condition] = true | (_without_events(condition, tables) - seen)
    return Answer(members=members, rows_read=_total(rows["rows"]), figures=figures)


def scan_walks(
    names: frozenset[str], conditions: Sequence[WalkCondition], tables: Tables
) -> Answer:
    """Judge all walks over the same events by the rows of one query."""
    found = {name: tables.events(name) for name in sorted(names)}
    sources = {name: table for name, table in found.items() if table is not None}
    if not sources:
        return Answer(members={c: _without_events(c, tables) for c in conditions}, rows_read=0)
    picks = (pick for condition in conditions for pick in condition.picks)
    covered = covering(condition.covered for condition in conditions)
    rows = read_rows(sources, picks, covered, tables)
    seen = from_mask(rows.people, np.ones(len(rows.people), dtype=bool))
    members: dict[Condition, BitMap] = {}
    for condition in conditions:
        true = from_mask(rows.people, condition.judge(rows)) & tables.customers
        members[condition] = true | (_without_events(condition, tables) - seen)
    return Answer(members=members, rows_read=len(rows.at))


def _without_events(condition: FigureCondition | WalkCondition, tables: Tables) -> BitMap:
    return BitMap(tables.customers) if condition.true_without_events else BitMap()


def _figures_of(rows: pa.Table, place: int) -> dict[str, pa.ChunkedArray]:
    prefix = f"m{place}_"
    return {n.removeprefix(prefix): rows[n] for n in rows.column_names if n.startswith(prefix)}


def _run(query: ir.Table, tables: Tables) -> pa.Table:
    return fetch(tables.connection, query)


def _ordinals(rows: pa.Table) -> Ordinals:
    return np.asarray(rows["ordinal"].to_numpy(), dtype=np.uint32)


def _total(counts: pa.ChunkedArray) -> int:
    return int(pc.sum(counts).as_py() or 0)
