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

from catalogue.definitions.nodes import Subject
from catalogue.engine.bitmaps import Ordinals, from_mask
from catalogue.engine.columns import Values
from catalogue.engine.conditions.accounts import Belonging
from catalogue.engine.conditions.aggregates import Columns
from catalogue.engine.conditions.bench import Bench
from catalogue.engine.conditions.events import EventCondition, Measure
from catalogue.engine.conditions.traits import TraitCondition, newest
from catalogue.engine.grouping import grouped
from catalogue.warehouse.current import Accounts, accounts_of
from catalogue.warehouse.tables import Tables

# What is true or false of somebody, and what else is asked of the data.
Asked = TraitCondition | EventCondition
Condition = Asked | Belonging


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Customers (or accounts) for whom each condition is true, as ordinals of the population; of
    conditions on events the figures that say so, as `Comparisons.judge` and `InTime.judge` read
    them; and everybody's account, if that was asked."""

    members: Mapping[Condition, BitMap]
    rows_read: int
    figures: Mapping[Measure, Columns] = field(default_factory=dict)
    accounts: Accounts | None = None


def scan_trait(
    name: str,
    subject: Subject,
    conditions: Sequence[TraitCondition],
    tables: Tables,
    now: datetime,
) -> Answer:
    """Judge all conditions on one trait of customers, or of accounts, by its newest values."""
    changes = tables.trait_changes(name, subject)
    if changes is None:
        return Answer(members={condition: BitMap() for condition in conditions}, rows_read=0)
    latest, value = newest(changes, now)
    values = Values((condition.path, condition.test.needs) for condition in conditions)
    table, readings = values.spread(latest, ("ordinal", "changes"), {name: value})
    bench = Bench(tables.connection)
    answers = {
        f"c{i}": condition.test.holds(readings[condition.path], bench)
        for i, condition in enumerate(conditions)
    }
    rows = _run(table.select("ordinal", "changes", **answers), tables)
    ordinals = _ordinals(rows)
    masks = (rows[name].to_numpy() for name in answers)
    live = tables.accounts if subject == "account" else tables.customers
    members: dict[Condition, BitMap] = {
        condition: from_mask(ordinals, mask) & live
        for condition, mask in zip(conditions, masks, strict=True)
    }
    return Answer(members=members, rows_read=_total(rows["changes"]))


def scan_accounts(tables: Tables, now: datetime) -> Answer:
    """Whose customer everybody is."""
    accounts = accounts_of(tables, now=now)
    return Answer(members={}, rows_read=len(accounts), accounts=accounts)


def scan_events(
    names: frozenset[str], conditions: Sequence[EventCondition], tables: Tables
) -> Answer:
    """Judge all conditions on one selection of events by one grouped query."""
    sources = [table for name in sorted(names) if (table := tables.events(name)) is not None]
    if not sources:
        return Answer(members={c: _without_events(c, tables) for c in conditions}, rows_read=0)
    measures = list(dict.fromkeys(condition.measure for condition in conditions))
    rows = _run(grouped(sources, measures, tables), tables)
    ordinals = _ordinals(rows)
    seen = from_mask(ordinals, np.ones(len(ordinals), dtype=bool))
    figures = {measure: _figures_of(rows, place) for place, measure in enumerate(measures)}
    members: dict[Condition, BitMap] = {}
    for condition in conditions:
        mask = condition.accepted.judge(figures[condition.measure])
        true = from_mask(ordinals, mask) & tables.customers
        members[condition] = true | (_without_events(condition, tables) - seen)
    return Answer(members=members, rows_read=_total(rows["rows"]), figures=figures)


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
