"""One scan per trait and one per selection of events answer all conditions on them.

Stages of a query: the columns needed → the rows that count → merges followed → readings derived →
terms judged → for events, figures aggregated per customer. Comparisons of figures are made outside,
exactly. Where rows are near, the newest change of a trait is picked here and events are counted
here (`engine.vectors`), so that the back end only filters and projects.

Nothing of a definition becomes SQL text: values are literals, columns have our own names.
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

from catalogue.definitions.nodes import Subject
from catalogue.engine.bitmaps import Ordinals, from_mask
from catalogue.engine.columns import Values
from catalogue.engine.conditions.accounts import Belonging
from catalogue.engine.conditions.aggregates import Columns
from catalogue.engine.conditions.bench import Bench, Mask
from catalogue.engine.conditions.events import EventCondition, EventFigure
from catalogue.engine.conditions.held import HeldCondition, beginnings
from catalogue.engine.conditions.lists import Criterion
from catalogue.engine.conditions.newest import TwoNewest
from catalogue.engine.conditions.sample import SampleCondition, draws
from catalogue.engine.conditions.traits import TraitCondition, TraitFigure, known, newest
from catalogue.engine.figures import NOTHING, Figure, Figures
from catalogue.engine.grouping import grouped
from catalogue.engine.intervals import covering
from catalogue.engine.vectors.money import TooLarge
from catalogue.engine.vectors.newest import newest_rows
from catalogue.engine.vectors.scan import can_answer, scan_vectors
from catalogue.engine.walks.conditions import WalkCondition
from catalogue.engine.walks.rows import read_rows
from catalogue.warehouse.connection import fetch
from catalogue.warehouse.current import Accounts, accounts_of
from catalogue.warehouse.tables import EventTable, Tables

FigureCondition = EventCondition | TwoNewest
# Whatever one scan of events answers.
OnEvents = FigureCondition | EventFigure
Condition = (
    TraitCondition
    | FigureCondition
    | HeldCondition
    | SampleCondition
    | WalkCondition
    | Figure
    | Belonging
)
# Customers whose ids are looked up at a time.
AT_A_TIME = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Customers (or accounts) for whom each condition is true, as ordinals of the population; of
    conditions on events the figures that say so, as `Comparisons.judge` and `InTime.judge` read
    them. `found` has what rankings are made by, which is true or false of nobody; `begun` since
    when criteria hold, as `InTime.judge` reads it; `accounts` everybody's account, if asked."""

    members: Mapping[Condition, BitMap]
    rows_read: int
    figures: Mapping[EventCondition, Columns] = field(default_factory=dict)
    found: Mapping[Figure, Figures] = field(default_factory=dict)
    begun: Mapping[Criterion, Columns] = field(default_factory=dict)
    accounts: Accounts | None = None


def scan_trait(
    name: str,
    subject: Subject,
    conditions: Sequence[TraitCondition | TraitFigure],
    tables: Tables,
    now: datetime,
) -> Answer:
    """Judge all conditions on one trait of customers, or of accounts, by its newest values."""
    changes = tables.trait_changes(name, subject)
    if changes is None:
        return _nothing_known(conditions)
    is_near = tables.has_near_rows
    changed, value = known(changes, now) if is_near else newest(changes, now)
    kept = ("ordinal", "at", "sequence") if is_near else ("ordinal", "changes")
    bench = Bench(tables.connection)
    values = Values(((condition.path, condition.needs) for condition in conditions), bench)
    table, readings = values.spread(changed, kept, {name: value})
    answers = {
        f"c{i}": condition.column(readings[condition.path], bench)
        for i, condition in enumerate(conditions)
    }
    rows = _run(table.select(*kept, **answers), tables)
    count = len(rows) if is_near else _total(rows["changes"])
    rows = rows.filter(pa.array(_newest_of(rows))) if is_near else rows
    ordinals = _ordinals(rows)
    live = tables.accounts if subject == "account" else tables.customers
    members: dict[Condition, BitMap] = {}
    found: dict[Figure, Figures] = {}
    for column, condition in zip(answers, conditions, strict=True):
        if isinstance(condition, TraitFigure):
            found[condition] = Figures(ordinals=ordinals, columns={"value": rows[column]})
        else:
            members[condition] = from_mask(ordinals, rows[column].to_numpy()) & live
    return Answer(members=members, rows_read=count, found=found)


def _newest_of(rows: pa.Table) -> Mask:
    at = rows["at"].cast(pa.timestamp("us")).cast(pa.int64()).to_numpy()
    return newest_rows(_ordinals(rows), at, rows["sequence"].to_numpy())


def _nothing_known(conditions: Sequence[TraitCondition | TraitFigure | HeldCondition]) -> Answer:
    return Answer(
        members={c: BitMap() for c in conditions if not isinstance(c, TraitFigure)},
        rows_read=0,
        found={c: NOTHING for c in conditions if isinstance(c, TraitFigure)},
    )


def scan_accounts(tables: Tables, now: datetime) -> Answer:
    """Whose customer everybody is."""
    accounts = accounts_of(tables, now=now)
    return Answer(members={}, rows_read=len(accounts), accounts=accounts)


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


def scan_events(names: frozenset[str], conditions: Sequence[OnEvents], tables: Tables) -> Answer:
    """Judge all conditions on one selection of events: by its rows, counted here, what can be told
    so where rows are near; by one grouped query all else."""
    sources = [table for name in sorted(names) if (table := tables.events(name)) is not None]
    if not sources:
        return _never_happened(conditions, tables)
    counted = _counted(sources, conditions, tables)
    others = [one for one in conditions if one not in counted.members]
    return counted if not others else _joined(counted, _grouped(sources, others, tables))


def _never_happened(conditions: Sequence[OnEvents], tables: Tables) -> Answer:
    return Answer(
        members={
            one: _without_events(one, tables)
            for one in conditions
            if not isinstance(one, EventFigure)
        },
        rows_read=0,
        found={one: NOTHING for one in conditions if isinstance(one, EventFigure)},
    )


def _counted(sources: list[EventTable], conditions: Sequence[OnEvents], tables: Tables) -> Answer:
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
        found=other.found,
    )


def _grouped(sources: list[EventTable], conditions: Sequence[OnEvents], tables: Tables) -> Answer:
    measures = list(dict.fromkeys(m for condition in conditions for m in condition.measures))
    rows = _run(grouped(sources, measures, tables), tables)
    ordinals = _ordinals(rows)
    seen = from_mask(ordinals, np.ones(len(ordinals), dtype=bool))
    figures = {measure: _figures_of(rows, place) for place, measure in enumerate(measures)}
    members: dict[Condition, BitMap] = {}
    found: dict[Figure, Figures] = {}
    for condition in conditions:
        if isinstance(condition, EventFigure):
            columns = figures[condition.measure]
            found[condition] = Figures(ordinals=ordinals, columns=columns)
        else:
            true = from_mask(ordinals, condition.judge(figures)) & tables.customers
            members[condition] = true | (_without_events(condition, tables) - seen)
    kept = {one: figures[one.measure] for one in conditions if isinstance(one, EventCondition)}
    return Answer(members=members, rows_read=_total(rows["rows"]), figures=kept, found=found)


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
