"""One query per trait and one per selection of events answer all conditions on them.

Stages of a query: the columns needed → the rows that count → merges followed → readings derived →
terms judged → for events, figures aggregated per customer. Comparisons of figures are made outside,
exactly. Nothing of a definition becomes SQL text: values are literals, columns have our own names.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import and_

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyroaring import BitMap

from catalogue.definitions.nodes import Path
from catalogue.definitions.windows import Interval
from catalogue.engine.bitmaps import Ordinals, from_mask
from catalogue.engine.conditions.bench import Bench
from catalogue.engine.conditions.events import EventCondition, Measure
from catalogue.engine.conditions.lists import Criterion
from catalogue.engine.conditions.objects import reach
from catalogue.engine.conditions.readings import (
    MONEY,
    Reading,
    Readings,
    derive,
    raw,
)
from catalogue.engine.conditions.traits import TraitCondition, newest
from catalogue.engine.local_times import naive
from catalogue.warehouse.tables import KINDS, EventTable, Tables, ValueColumns

KIND_TYPES = {
    "text": "string",
    "number": "float64",
    "boolean": "boolean",
    "instant": "timestamp",
    "json": "string",
}


Condition = TraitCondition | EventCondition


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Customers for whom each condition is true, as ordinals of the population."""

    members: Mapping[Condition, BitMap]
    rows_read: int


class Values:
    """The values that the conditions of one scan look at, under names of our own."""

    def __init__(self, wanted: Iterable[tuple[Path, frozenset[Reading]]]) -> None:
        self.needs: dict[Path, frozenset[Reading]] = {}
        for path, needs in wanted:
            self.needs[path] = self.needs.get(path, frozenset()) | needs
        self.prefix = {path: f"v{i}_" for i, path in enumerate(sorted(self.needs))}

    def columns(self, roots: Mapping[str, ValueColumns]) -> dict[str, ir.Value]:
        """The plain columns of every path, as the source has them."""
        found: dict[str, ir.Value] = {}
        for path, prefix in self.prefix.items():
            value = reach(raw(roots.get(path[0], ValueColumns())), path[1:])
            for kind in KINDS:
                column = getattr(value, kind)
                if column is not None:
                    found[prefix + kind] = column
        return found

    def read(self, table: ir.Table) -> tuple[ir.Table, dict[Path, Readings]]:
        """The table with the readings derived, and every path's columns in it."""
        derived = {
            path: derive(self.of(table, path, KINDS), needs) for path, needs in self.needs.items()
        }
        named = {
            self.prefix[path] + reading: expression
            for path, readings in derived.items()
            for reading, expression in readings.items()
        }
        table = table.mutate(**named) if named else table
        return table, {path: self.of(table, path) for path in self.needs}

    def of(
        self, table: ir.Table, path: Path, parts: Sequence[str] = (*KINDS, *Reading)
    ) -> Readings:
        """A path's columns in a table."""
        prefix = self.prefix[path]
        present = {part: prefix + part for part in parts if prefix + part in table.columns}
        return Readings(**{str(part): table[name] for part, name in present.items()})


def scan_trait(
    name: str, conditions: Sequence[TraitCondition], tables: Tables, now: datetime
) -> Answer:
    """Judge all conditions on one trait by its newest values."""
    changes = tables.trait_changes(name)
    if changes is None:
        return Answer(members={condition: BitMap() for condition in conditions}, rows_read=0)
    latest, value = newest(changes, now)
    values = Values((condition.path, condition.test.needs) for condition in conditions)
    table = latest.select("ordinal", "changes", **values.columns({name: value}))
    table, readings = values.read(table)
    bench = Bench(tables.connection)
    answers = {
        f"c{i}": condition.test.holds(readings[condition.path], bench)
        for i, condition in enumerate(conditions)
    }
    rows = _run(table.select("ordinal", "changes", **answers), tables)
    ordinals = _ordinals(rows)
    masks = (rows[name].to_numpy() for name in answers)
    members: dict[Condition, BitMap] = {
        condition: from_mask(ordinals, mask) & tables.customers
        for condition, mask in zip(conditions, masks, strict=True)
    }
    return Answer(members=members, rows_read=_total(rows["changes"]))


def scan_events(
    names: frozenset[str], conditions: Sequence[EventCondition], tables: Tables
) -> Answer:
    """Judge all conditions on one selection of events by one grouped query."""
    sources = [table for name in sorted(names) if (table := tables.events(name)) is not None]
    if not sources:
        return Answer(members={c: _without_events(c, tables) for c in conditions}, rows_read=0)
    measures = list(dict.fromkeys(condition.measure for condition in conditions))
    rows = _run(_grouped(sources, measures, tables), tables)
    ordinals = _ordinals(rows)
    seen = from_mask(ordinals, np.ones(len(ordinals), dtype=bool))
    place = {measure: i for i, measure in enumerate(measures)}
    members: dict[Condition, BitMap] = {}
    for condition in conditions:
        mask = condition.accepted.judge(_figures_of(rows, place[condition.measure]))
        true = from_mask(ordinals, mask) & tables.customers
        members[condition] = true | (_without_events(condition, tables) - seen)
    return Answer(members=members, rows_read=_total(rows["rows"]))


def _without_events(condition: EventCondition, tables: Tables) -> BitMap:
    return BitMap(tables.customers) if condition.true_without_events else BitMap()


def _figures_of(rows: pa.Table, place: int) -> dict[str, pa.ChunkedArray]:
    prefix = f"m{place}_"
    return {n.removeprefix(prefix): rows[n] for n in rows.column_names if n.startswith(prefix)}


def _grouped(sources: list[EventTable], measures: list[Measure], tables: Tables) -> ir.Table:
    values = Values(_wanted(measures))
    covered = _covering(measure.interval for measure in measures)
    rows = _followed(_cut(_union(sources, values), covered), tables.survivors)
    rows, readings = values.read(rows)
    filters = {(m.where, m.interval): f"w{i}" for i, m in enumerate(measures)}
    bench = Bench(tables.connection)
    counted = {
        name: _counted(where, None if interval == covered else interval, rows, readings, bench)
        for (where, interval), name in filters.items()
    }
    rows = rows.mutate(**{name: column for name, column in counted.items() if column is not None})
    figures: dict[str, ir.Value] = {"rows": rows.count()}
    for i, measure in enumerate(measures):
        name = filters[measure.where, measure.interval]
        where = rows[name] if name in rows.columns else None
        value = values.of(rows, measure.prop) if measure.prop else Readings()
        figures |= {f"m{i}_{k}": v for k, v in _figures(measure, rows, value, where).items()}
    return rows.group_by("ordinal").agg(**figures)


def _wanted(measures: Iterable[Measure]) -> Iterator[tuple[Path, frozenset[Reading]]]:
    for measure in measures:
        for criterion in measure.where:
            yield criterion.path, criterion.test.needs
        if measure.prop:
            yield measure.prop, measure.reads


def _union(sources: list[EventTable], values: Values) -> ir.Table:
    """The rows of all sources with the same columns, null where one has no such value."""
    found = [(source.table, values.columns(source.properties)) for source in sources]
    names = sorted({name for _, columns in found for name in columns})
    nulls = {name: ibis.null(KIND_TYPES[name.rsplit("_", 1)[1]]) for name in names}
    parts = [
        table.select("ordinal", "at", **{name: columns.get(name, nulls[name]) for name in names})
        for table, columns in found
    ]
    while len(parts) > 1:  # in pairs, so that hundreds of events do not nest deeply
        parts = [ibis.union(*parts[i : i + 2]) for i in range(0, len(parts), 2)]
    return parts[0]


def _covering(intervals: Iterable[Interval]) -> Interval:
    """The smallest interval that holds them all."""
    listed = list(intervals)
    starts, ends = [i.start for i in listed], [i.end for i in listed]
    return Interval(
        start=None if None in starts else min(s for s in starts if s is not None),
        end=None if None in ends else max(e for e in ends if e is not None),
    )


def _cut(rows: ir.Table, interval: Interval) -> ir.Table:
    inside = _inside(rows, interval)
    return rows if inside is None else rows.filter(inside)


def _inside(rows: ir.Table, interval: Interval) -> ir.BooleanValue | None:
    conditions = []
    if interval.start is not None:
        conditions.append(rows.at >= ibis.literal(naive(interval.start)))
    if interval.end is not None:
        conditions.append(rows.at < ibis.literal(naive(interval.end)))
    return reduce(and_, conditions) if conditions else None


def _followed(rows: ir.Table, survivors: Mapping[int, int]) -> ir.Table:
    """The rows under the ordinal that survived a merge: events pass to the last survivor."""
    if not survivors:
        return rows
    pairs = {
        "merged": pa.array(survivors.keys(), pa.int32()),
        "survivor": pa.array(survivors.values(), pa.int32()),
    }
    merges = ibis.memtable(pa.table(pairs))
    joined = rows.left_join(merges, rows.ordinal == merges.merged)
    kept = {name: joined[name] for name in rows.columns if name != "ordinal"}
    return joined.select(ordinal=ibis.coalesce(joined.survivor, joined.ordinal), **kept)


def _counted(
    where: frozenset[Criterion],
    interval: Interval | None,
    rows: ir.Table,
    readings: Mapping[Path, Readings],
    bench: Bench,
) -> ir.BooleanValue | None:
    """Whether an event lies in the interval and fits all criteria; None when all of them do."""
    inside = None if interval is None else _inside(rows, interval)
    conditions = [] if inside is None else [inside]
    for criterion in where:
        fits = criterion.test.holds(readings[criterion.path], bench)
        conditions.append(~fits if criterion.negated else fits)
    return reduce(and_, conditions) if conditions else None


def _figures(
    measure: Measure, rows: ir.Table, value: Readings, where: ir.BooleanValue | None
) -> dict[str, ir.Value]:
    """The columns that `Comparisons.judge` and `InTime.judge` read, by name."""
    match measure.function:
        case "count":
            return {"count": rows.count(where=where)}
        case "first":
            return {"at": rows.at.min(where=where)}
        case "last":
            return {"at": rows.at.max(where=where)}
        case "count_distinct":
            same = ibis.null(str) if value.same is None else value.same
            return {"present": same.nunique(where=where)}
        case "min" | "max":
            number = ibis.null("float64") if value.as_number is None else value.as_number
            low = measure.function == "min"
            return {"value": number.min(where=where) if low else number.max(where=where)}
    money = ibis.null(MONEY) if value.money is None else value.money
    # Sums of 38 digits are what back ends call it; they never widen nor round any more.
    figures = {"sum": money.sum(where=where).cast(MONEY)}
    return figures if measure.function == "sum" else {**figures, "of": money.count(where=where)}


def _run(query: ir.Table, tables: Tables) -> pa.Table:
    rows: pa.Table = tables.connection.to_pyarrow(query)
    return rows


def _ordinals(rows: pa.Table) -> Ordinals:
    return np.asarray(rows["ordinal"].to_numpy(), dtype=np.uint32)


def _total(counts: pa.ChunkedArray) -> int:
    return int(pc.sum(counts).as_py() or 0)
