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
from catalogue.engine.bitmaps import Distinct, Ordinals, from_mask
from catalogue.engine.conditions.accounts import Belonging
from catalogue.engine.conditions.aggregates import Columns
from catalogue.engine.conditions.bench import Bench
from catalogue.engine.conditions.events import EventCondition, EventFigure
from catalogue.engine.conditions.held import HeldCondition, beginnings
from catalogue.engine.conditions.lists import Criterion
from catalogue.engine.conditions.newest import TwoNewest
from catalogue.engine.conditions.sample import SampleCondition, draws
from catalogue.engine.conditions.traits import TraitCondition, TraitFigure
from catalogue.engine.figures import NOTHING, Figure, Figures
from catalogue.engine.grouping import grouped
from catalogue.engine.intervals import covering
from catalogue.engine.kept.memory import NOTHING_KEPT, Kept
from catalogue.engine.kept.question import EventQuestion
from catalogue.engine.kept.traits import TraitQuestion
from catalogue.engine.trait_rows import trait_rows
from catalogue.engine.vectors.judging import Vector
from catalogue.engine.vectors.money import TooLarge
from catalogue.engine.vectors.portions import fits_in_memory, may_be_kept, portions
from catalogue.engine.vectors.scan import can_answer, scan_vectors
from catalogue.engine.walks.conditions import WalkCondition
from catalogue.engine.walks.rows import read_rows
from catalogue.warehouse.connection import fetch
from catalogue.warehouse.current import Accounts, accounts_of
from catalogue.warehouse.pieces import are_in_pieces
from catalogue.warehouse.tables import EventTable, Tables, kinds_of

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
    when criteria hold, as `InTime.judge` reads it; `vectors` what was counted here, `accounts`
    everybody's account, both if asked.

    `rows_read`: rows that were looked at. `update_size`: where what was known before was only
    brought up to date, the bytes of the files that were new. `follows`: some of it, or all, follows
    from what was known before."""

    members: Mapping[Condition, BitMap]
    rows_read: int
    figures: Mapping[EventCondition, Columns] = field(default_factory=dict)
    found: Mapping[Figure, Figures] = field(default_factory=dict)
    begun: Mapping[Criterion, Columns] = field(default_factory=dict)
    vectors: Mapping[EventCondition, Vector] = field(default_factory=dict)
    accounts: Accounts | None = None
    update_size: int | None = None
    follows: bool = False


def scan_trait(
    name: str,
    subject: Subject,
    conditions: Sequence[TraitCondition | TraitFigure],
    tables: Tables,
    now: datetime,
    kept: Kept = NOTHING_KEPT,
) -> Answer:
    """Judge all conditions on one trait of customers, or of accounts, by its newest values."""
    asked = [one for one in conditions if isinstance(one, TraitCondition)]
    live = tables.accounts if subject == "account" else tables.customers
    if kept.most and len(asked) == len(conditions) and are_in_pieces(tables):
        if not tables.trait_pieces(name, subject):
            return _nothing_known(conditions)
        question = TraitQuestion(
            name=name, subject=subject, conditions=asked, tables=tables, now=now
        )
        known = kept.about_trait(question)
        if known.update_size is None:
            # All of it was in memory; vectors of events need the room.
            pa.default_memory_pool().release_unused()
        return Answer(
            members={one: true & live for one, true in known.members.items()},
            rows_read=known.rows,
            update_size=known.update_size,
            follows=known.update_size is not None,
        )
    changes = tables.trait_changes(name, subject)
    if changes is None:
        return _nothing_known(conditions)
    rows = trait_rows(changes, conditions, tables, now)
    whose = Distinct(rows.ordinals)
    members: dict[Condition, BitMap] = {}
    found: dict[Figure, Figures] = {}
    for one in conditions:
        if isinstance(one, TraitFigure):
            found[one] = Figures(ordinals=rows.ordinals, columns={"value": rows.column(one)})
        else:
            members[one] = whose.where(rows.holds(one)) & live
    return Answer(members=members, rows_read=rows.read, found=found)


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


def scan_samples(
    conditions: Sequence[SampleCondition], tables: Tables, kept: Kept = NOTHING_KEPT
) -> Answer:
    """Draw all customers, once for each salt. Whoever was drawn before is not drawn again: an
    ordinal has one id for ever."""
    drawn = BitMap.intersection(*(kept.drawn_for(one) for one in conditions))
    new = _drawn(conditions, tables.customers - drawn, tables)
    true = {one: kept.in_sample(one) | new[one] for one in conditions}
    kept.keep_samples(true, tables.customers | drawn)
    members: dict[Condition, BitMap] = {one: true[one] & tables.customers for one in conditions}
    return Answer(
        members=members, rows_read=0, update_size=0 if drawn else None, follows=bool(drawn)
    )


def _drawn(
    conditions: Sequence[SampleCondition], customers: BitMap, tables: Tables
) -> dict[SampleCondition, BitMap]:
    members = {condition: BitMap() for condition in conditions}
    everybody = customers.to_array()
    for start in range(0, len(everybody), AT_A_TIME):
        ids = tables.customer_ids(BitMap(everybody[start : start + AT_A_TIME]))
        ordinals = np.array(list(ids), dtype=np.uint32)
        drawn = {salt: draws(salt, ids.values()) for salt in {one.salt for one in conditions}}
        for one in conditions:
            members[one] |= from_mask(ordinals, one.judge(drawn[one.salt]))
    return members


def scan_events(
    names: frozenset[str],
    conditions: Sequence[OnEvents],
    tables: Tables,
    kept: Kept = NOTHING_KEPT,
    *,
    keep_vectors: bool = False,
) -> Answer:
    """Judge all conditions on one selection of events: by its rows, counted here, what can be told
    so where rows are near; by one grouped query all else. `keep_vectors`: answer with what was
    counted, too, which takes much memory."""
    counted = _followed(names, conditions, tables, kept)
    if counted is not None and len(counted.members) == len(conditions):
        return counted
    sources = [table for name in sorted(names) if (table := tables.events(name)) is not None]
    if not sources:
        return _never_happened(conditions, tables)
    if counted is None:
        kinds = [kinds_of(source) for source in sources]
        near = [c for c in conditions if tables.has_near_rows and can_answer(c, kinds)]
        counted = _counted(near, sources, tables, keep_vectors=keep_vectors)
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


def _followed(
    names: frozenset[str], conditions: Sequence[OnEvents], tables: Tables, kept: Kept
) -> Answer | None:
    """What follows from an earlier refresh, or is remembered for the next one; None where nothing
    is to be remembered."""
    if not kept.most or not are_in_pieces(tables):
        return None
    kinds = [one for name in names if (one := tables.event_kinds(name)) is not None]
    near = [one for one in conditions if can_answer(one, kinds)]
    if not kinds or not near:
        return None
    question = EventQuestion(names=names, conditions=near, tables=tables)
    if not fits_in_memory(near, len(tables.customers), len(question.starts)):
        return None
    with suppress(TooLarge):
        known = kept.about_events(question)
        members: dict[Condition, BitMap] = {one: true for one, true in known.members.items()}
        return Answer(
            members=members,
            rows_read=known.rows,
            update_size=known.update_size,
            follows=known.update_size is not None,
        )
    return None


def _counted(
    near: Sequence[EventCondition],
    sources: Sequence[EventTable],
    tables: Tables,
    *,
    keep_vectors: bool,
) -> Answer:
    members: dict[Condition, BitMap] = {}
    vectors: dict[EventCondition, Vector] = {}
    people, rows = len(tables.customers), 0
    keep = keep_vectors and may_be_kept(near, people)
    if near:
        # A sum too large to be counted here is left to the back end.
        with suppress(TooLarge):
            for some in portions(near, people):
                found = scan_vectors(sources, some, tables, vectors if keep else None)
                members |= {condition: found[0][condition] for condition in some}
                rows += found[1]
    return Answer(members=members, rows_read=rows, vectors=vectors)


def _joined(one: Answer, other: Answer) -> Answer:
    return Answer(
        members={**one.members, **other.members},
        rows_read=one.rows_read + other.rows_read,
        figures=other.figures,
        found=other.found,
        vectors=one.vectors,
        follows=one.follows or other.follows,
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
