"""The one query that answers all measures over one selection of events.

Its stages: the columns needed → the rows that count → merges followed → readings derived → terms
judged → figures aggregated per customer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import reduce
from operator import and_, or_

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from catalogue.definitions.nodes import Path
from catalogue.definitions.windows import Interval, events_until
from catalogue.engine.columns import KIND_TYPES, Values
from catalogue.engine.conditions.bench import Bench
from catalogue.engine.conditions.events import Measure, Pick
from catalogue.engine.conditions.lists import Criterion
from catalogue.engine.conditions.readings import MONEY, Reading, Readings, same_number
from catalogue.engine.intervals import covering
from catalogue.engine.local_times import naive
from catalogue.warehouse.tables import EventTable, Tables


def grouped(sources: list[EventTable], measures: list[Measure], tables: Tables) -> ir.Table:
    bench = Bench(tables.connection)
    values = Values(_wanted(measures), bench)
    covered = covering(measure.interval for measure in measures)
    rows = _followed(_cut(_union(sources, values), covered), tables.survivors)
    rows, readings = values.read(rows)
    filters = {(m.where, m.interval): f"w{i}" for i, m in enumerate(measures)}
    counted = {
        name: _counted(where, None if interval == covered else interval, rows, readings, bench)
        for (where, interval), name in filters.items()
    }
    rows = rows.mutate(**{name: column for name, column in counted.items() if column is not None})
    rows = rows.mutate(**_alike(measures, filters, rows, values))
    figures: dict[str, ir.Value] = {"rows": rows.count()}
    for i, measure in enumerate(measures):
        where = _filter_of(measure, filters, rows)
        value = values.of(rows, measure.prop) if measure.prop else Readings()
        if f"s{i}" in rows.columns:
            value = replace(value, same=rows[f"s{i}"])
        figures |= {f"m{i}_{k}": v for k, v in _figures(measure, rows, value, where).items()}
    return rows.group_by("ordinal").agg(**figures)


def sightings(
    sources: list[EventTable],
    wheres: Sequence[frozenset[Criterion]],
    until: datetime,
    tables: Tables,
) -> ir.Table:
    """`at` of every event up to and with `until`, and for each of `wheres` whether the event fits
    all of it: `w0`, `w1`, … in their order."""
    bench = Bench(tables.connection)
    values = Values(((one.path, one.test.needs) for where in wheres for one in where), bench)
    known = events_until(Interval(), until)
    rows = _followed(_cut(_union(sources, values), known), tables.survivors)
    rows, readings = values.read(rows)
    fits = {f"w{i}": _counted(where, None, rows, readings, bench) for i, where in enumerate(wheres)}
    everything = ibis.literal(True)
    return rows.select(
        "at", **{name: everything if fit is None else fit for name, fit in fits.items()}
    )


def occurrences(
    sources: Mapping[str, EventTable], picks: Sequence[Pick], covered: Interval, tables: Tables
) -> ir.Table:
    """`ordinal`, merges followed, and `at` of every event in the interval that is one of the picks;
    and for each of these whether it is that one: `p0`, `p1`, … in their order."""
    names = sorted(sources)
    bench = Bench(tables.connection)
    values = Values(((one.path, one.test.needs) for pick in picks for one in pick.where), bench)
    united = _union([sources[name] for name in names], values, marked=True)
    rows, readings = values.read(_followed(_cut(united, covered), tables.survivors))
    columns = {
        f"p{i}": _picked(pick, names, rows, _counted(pick.where, None, rows, readings, bench))
        for i, pick in enumerate(picks)
    }
    picked = rows.select("ordinal", "at", **columns)
    return picked.filter(reduce(or_, (picked[name] for name in columns)))


def projection(
    sources: Sequence[EventTable],
    wheres: Sequence[frozenset[Criterion]],
    props: Sequence[Path],
    covered: Interval,
    bench: Bench,
    *,
    with_times: bool,
) -> ir.Table:
    """`ordinal`, merges not followed, of every event in the interval, and `at` if wanted; whether
    it fits each of `wheres` that asks anything (`w0`, `w1`, …); and its numbers of `props` where
    there are any (`v0`, `v1`, …)."""
    wanted = [(one.path, one.test.needs) for where in wheres for one in where]
    values = Values([*wanted, *((prop, frozenset()) for prop in props)], bench)
    rows, readings = values.read(_cut(_union(list(sources), values), covered))
    fits = {f"w{i}": _counted(where, None, rows, readings, bench) for i, where in enumerate(wheres)}
    numbers = {f"v{i}": values.of(rows, prop).number for i, prop in enumerate(props)}
    columns = {name: one for name, one in {**fits, **numbers}.items() if one is not None}
    return rows.select("ordinal", *(["at"] if with_times else []), **columns)


def _picked(
    pick: Pick, names: Sequence[str], rows: ir.Table, fits: ir.BooleanValue | None
) -> ir.BooleanValue:
    """Whether an event has one of the pick's names, and fits."""
    among = pick.selection.among(names)
    conditions = [] if fits is None else [fits]
    if len(among) < len(names):
        conditions.append(rows.source.isin([i for i, name in enumerate(names) if name in among]))
    return reduce(and_, conditions) if conditions else ibis.literal(True)


Filters = Mapping[tuple[frozenset[Criterion], Interval], str]


def _filter_of(measure: Measure, filters: Filters, rows: ir.Table) -> ir.BooleanValue | None:
    name = filters[measure.where, measure.interval]
    return rows[name] if name in rows.columns else None


def _alike(
    measures: list[Measure], filters: Filters, rows: ir.Table, values: Values
) -> dict[str, ir.Value]:
    """Where numbers and texts meet in one `count_distinct`: what each value counts as.

    Texts differ whenever they are written differently, but a number equals every text that reads
    as it: "1" and "1.0" are two, with a 1 beside them all three are one.
    """
    columns: dict[str, ir.Value] = {}
    for i, measure in enumerate(measures):
        value = (
            values.of(rows, measure.prop) if measure.function == "count_distinct" else Readings()
        )
        if value.number is None or value.text is None or value.as_number is None:
            continue
        number = value.as_number + 0.0
        counted = _filter_of(measure, filters, rows)
        is_number = value.number.notnull() if counted is None else value.number.notnull() & counted
        beside = is_number.any().over(ibis.window(group_by=[rows.ordinal, number]))
        columns[f"s{i}"] = beside.ifelse(same_number(number), value.same)
    return columns


def _wanted(measures: Iterable[Measure]) -> Iterator[tuple[Path, frozenset[Reading]]]:
    for measure in measures:
        for criterion in measure.where:
            yield criterion.path, criterion.test.needs
        if measure.prop:
            yield measure.prop, measure.reads


def _union(sources: list[EventTable], values: Values, *, marked: bool = False) -> ir.Table:
    """The rows of all sources with the same columns, null where one has no such value; where they
    are to be `marked`, with `source`, the place of theirs."""
    found = [(source.table, values.columns(source.properties)) for source in sources]
    names = sorted({name for _, columns in found for name in columns})
    nulls = {name: ibis.null(KIND_TYPES[name.rsplit("_", 1)[1]]) for name in names}
    parts = [
        table.select(
            "ordinal",
            "at",
            **({"source": ibis.literal(place, "int32")} if marked else {}),
            **{name: columns.get(name, nulls[name]) for name in names},
        )
        for place, (table, columns) in enumerate(found)
    ]
    while len(parts) > 1:  # in pairs, so that hundreds of events do not nest deeply
        parts = [ibis.union(*parts[i : i + 2]) for i in range(0, len(parts), 2)]
    return parts[0]


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
    # In an order of their own, so that one definition always makes the same query.
    for criterion in sorted(where, key=repr):
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
            return {"present": _or_missing(value.same, "string", rows).nunique(where=where)}
        case "min" | "max":
            number = _or_missing(value.as_number, "float64", rows)
            low = measure.function == "min"
            return {"value": number.min(where=where) if low else number.max(where=where)}
    money = _or_missing(value.money, MONEY, rows)
    # Sums of 38 digits are what back ends call it; they never widen nor round any more.
    figures = {"sum": money.sum(where=where).cast(MONEY)}
    return figures if measure.function == "sum" else {**figures, "of": money.count(where=where)}


def _or_missing(column: ir.Column | None, type_: str, rows: ir.Table) -> ir.Column:
    """The column, or one of nothing but nulls: a plain null cannot be aggregated."""
    return rows.ordinal.nullif(rows.ordinal).cast(type_) if column is None else column
