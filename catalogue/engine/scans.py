"""One query per trait and one per selection of events answer all conditions on them.

Stages of a query: the columns needed → the rows that count → merges followed → readings derived →
terms judged → for events, figures aggregated per customer. Comparisons of figures are made outside,
exactly. Nothing of a definition becomes SQL text: values are literals, columns have our own names.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
from catalogue.engine.conditions.bench import Bench
from catalogue.engine.conditions.events import EventCondition, EventFigure, Measure
from catalogue.engine.conditions.held import HeldCondition, beginnings
from catalogue.engine.conditions.lists import Criterion
from catalogue.engine.conditions.sample import SampleCondition, draws
from catalogue.engine.conditions.traits import TraitCondition, TraitFigure, newest
from catalogue.engine.figures import NOTHING, Figure, Figures
from catalogue.engine.grouping import grouped
from catalogue.warehouse.tables import Tables

Condition = TraitCondition | EventCondition | HeldCondition | SampleCondition | Figure
# Customers whose ids are looked up at a time.
AT_A_TIME = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Customers for whom each condition is true, as ordinals of the population; and, of conditions
    on events, the figures that say so, as `Comparisons.judge` and `InTime.judge` read them. `found`
    has what rankings are made by, which is true or false of nobody; `begun` since when criteria
    hold, as `InTime.judge` reads it."""

    members: Mapping[Condition, BitMap]
    rows_read: int
    figures: Mapping[Measure, Columns] = field(default_factory=dict)
    found: Mapping[Figure, Figures] = field(default_factory=dict)
    begun: Mapping[Criterion, Columns] = field(default_factory=dict)


def scan_trait(
    name: str, conditions: Sequence[TraitCondition | TraitFigure], tables: Tables, now: datetime
) -> Answer:
    """Judge all conditions on one trait by its newest values."""
    changes = tables.trait_changes(name)
    if changes is None:
        return _nothing_known(conditions)
    latest, value = newest(changes, now)
    values = Values((condition.path, condition.needs) for condition in conditions)
    table, readings = values.spread(latest, ("ordinal", "changes"), {name: value})
    bench = Bench(tables.connection)
    answers = {
        f"c{i}": condition.column(readings[condition.path], bench)
        for i, condition in enumerate(conditions)
    }
    rows = _run(table.select("ordinal", "changes", **answers), tables)
    ordinals = _ordinals(rows)
    members: dict[Condition, BitMap] = {}
    found: dict[Figure, Figures] = {}
    for column, condition in zip(answers, conditions, strict=True):
        if isinstance(condition, TraitFigure):
            found[condition] = Figures(ordinals=ordinals, columns={"value": rows[column]})
        else:
            members[condition] = from_mask(ordinals, rows[column].to_numpy()) & tables.customers
    return Answer(members=members, rows_read=_total(rows["changes"]), found=found)


def _nothing_known(conditions: Sequence[TraitCondition | TraitFigure | HeldCondition]) -> Answer:
    return Answer(
        members={c: BitMap() for c in conditions if not isinstance(c, TraitFigure)},
        rows_read=0,
        found={c: NOTHING for c in conditions if isinstance(c, TraitFigure)},
    )


def scan_held(
    name: str, conditions: Sequence[HeldCondition], tables: Tables, now: datetime
) -> Answer:
    """Judge all conditions on the history of one trait."""
    changes = tables.trait_changes(name)
    if changes is None:
        return _nothing_known(conditions)
    criteria = list(dict.fromkeys(condition.criterion for condition in conditions))
    rows = _run(beginnings(changes, criteria, now, Bench(tables.connection)), tables)
    ordinals = _ordinals(rows)
    begun: dict[Criterion, Columns] = {
        criterion: {"at": rows[f"s{i}"]} for i, criterion in enumerate(criteria)
    }
    members: dict[Condition, BitMap] = {
        one: from_mask(ordinals, one.accepted.judge(begun[one.criterion])) & tables.customers
        for one in conditions
    }
    return Answer(members=members, rows_read=_total(rows["changes"]), begun=begun)


def scan_samples(conditions: Sequence[SampleCondition], tables: Tables) -> Answer:
    """Draw all customers, once for each salt."""
    members: dict[Condition, BitMap] = {condition: BitMap() for condition in conditions}
    everybody = tables.customers.to_array()
    for start in range(0, len(everybody), AT_A_TIME):
        ids = tables.customer_ids(BitMap(everybody[start : start + AT_A_TIME]))
        ordinals = np.array(list(ids), dtype=np.uint32)
        drawn = {salt: draws(salt, ids.values()) for salt in {one.salt for one in conditions}}
        for one in conditions:
            members[one] |= from_mask(ordinals, one.judge(drawn[one.salt]))
    return Answer(members=members, rows_read=0)


def scan_events(
    names: frozenset[str], conditions: Sequence[EventCondition | EventFigure], tables: Tables
) -> Answer:
    """Judge all conditions on one selection of events by one grouped query."""
    sources = [table for name in sorted(names) if (table := tables.events(name)) is not None]
    judged = [one for one in conditions if isinstance(one, EventCondition)]
    ranked_by = [one for one in conditions if isinstance(one, EventFigure)]
    if not sources:
        return Answer(
            members={one: _without_events(one, tables) for one in judged},
            rows_read=0,
            found=dict.fromkeys(ranked_by, NOTHING),
        )
    measures = list(dict.fromkeys(condition.measure for condition in conditions))
    rows = _run(grouped(sources, measures, tables), tables)
    ordinals = _ordinals(rows)
    seen = from_mask(ordinals, np.ones(len(ordinals), dtype=bool))
    figures = {measure: _figures_of(rows, place) for place, measure in enumerate(measures)}
    members: dict[Condition, BitMap] = {}
    for condition in judged:
        mask = condition.accepted.judge(figures[condition.measure])
        true = from_mask(ordinals, mask) & tables.customers
        members[condition] = true | (_without_events(condition, tables) - seen)
    return Answer(
        members=members,
        rows_read=_total(rows["rows"]),
        figures=figures,
        found={o: Figures(ordinals=ordinals, columns=figures[o.measure]) for o in ranked_by},
    )


def _without_events(condition: EventCondition, tables: Tables) -> BitMap:
    return BitMap(tables.customers) if condition.true_without_events else BitMap()


def _figures_of(rows: pa.Table, place: int) -> dict[str, pa.ChunkedArray]:
    prefix = f"m{place}_"
    return {n.removeprefix(prefix): rows[n] for n in rows.column_names if n.startswith(prefix)}


def _run(query: ir.Table, tables: Tables) -> pa.Table:
    rows: pa.Table = tables.connection.to_pyarrow(query)
    return rows


def _ordinals(rows: pa.Table) -> Ordinals:
    return np.asarray(rows["ordinal"].to_numpy(), dtype=np.uint32)


def _total(counts: pa.ChunkedArray) -> int:
    return int(pc.sum(counts).as_py() or 0)
