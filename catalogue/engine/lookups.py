"""Values read for a back end that cannot read them as the language says.

The different texts, documents, … that occur are read here, once each, by the very expressions that
read them on DuckDB, and the readings joined to the rows that hold them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from catalogue.definitions.nodes import Path
from catalogue.engine.conditions.bench import Bench
from catalogue.engine.conditions.objects import reach
from catalogue.engine.conditions.readings import (
    MONEY,
    SUMMABLE,
    Reading,
    Readings,
    boolean_text,
    derive,
    raw,
    same,
)
from catalogue.warehouse.connection import fetch_here
from catalogue.warehouse.tables import KINDS, ValueColumns

# After a path's prefix: the documents that it goes into.
WHOLE = "whole_json"
# Which readings of which kinds of values are looked up.
LOOKED_UP: Mapping[str, frozenset[Reading]] = {
    "text": frozenset({Reading.NUMBER, Reading.LOCAL, Reading.MOMENT, Reading.MONEY}),
    "number": frozenset({Reading.TEXT}),
    "instant": frozenset({Reading.TEXT}),
}


def look_up(
    table: ir.Table, prefix: str, inside: Path, needs: frozenset[Reading], bench: Bench
) -> ir.Table:
    """The table, which has the plain columns of one path after `prefix`, with its readings. Raises
    `too_expensive` when there are too many different values."""
    if inside:
        is_there = prefix + WHOLE in table.columns
        return _joined(table, prefix, WHOLE, inside, needs, bench) if is_there else table
    looked_up: list[str] = []
    for kind, readings in LOOKED_UP.items():
        wanted = needs & readings
        if wanted and prefix + kind in table.columns:
            table = _joined(table, prefix, kind, (), wanted, bench, f"of_{kind}_")
            looked_up.append(f"of_{kind}_")
    read = dict(_readings(table, prefix, needs, looked_up))
    return table.mutate(**read) if read else table


def _joined(
    table: ir.Table,
    prefix: str,
    kind: str,
    inside: Path,
    needs: frozenset[Reading],
    bench: Bench,
    called: str = "",
) -> ir.Table:
    """The table with what was read of one column, each under `prefix`, `called` and its name."""
    rows = _read(bench.distinct_column(table[prefix + kind]), kind, inside, needs)
    names = {name: prefix + called + name for name in rows.column_names}
    known = ibis.memtable(rows.rename_columns(names))
    key = names["of"]
    return table.left_join(known, table[prefix + kind] == known[key]).drop(key)


def _read(values: pa.ChunkedArray, kind: str, inside: Path, needs: frozenset[Reading]) -> pa.Table:
    """The readings of different values: `of`, the value, and a column for each; of those inside
    documents a column for each kind too."""
    rows = ibis.memtable(pa.table({"of": values}))
    root = raw(ValueColumns(**{"json" if kind == WHOLE else kind: rows["of"]}))
    value = reach(root, inside)
    plain = {kind: getattr(value, kind) for kind in KINDS} if inside else {}
    columns = {name: column for name, column in plain.items() if column is not None}
    read = {str(need): column for need, column in derive(value, needs).items()}
    if Reading.NUMBER in read:
        # “-0” is 0: there are engines that tell the two apart in a list.
        read[Reading.NUMBER] = read[Reading.NUMBER] + 0.0
    return fetch_here(rows.select("of", **columns, **read))


def _readings(
    table: ir.Table, prefix: str, needs: frozenset[Reading], looked_up: list[str]
) -> Iterator[tuple[str, ir.Value]]:
    """Each reading: what was looked up, and what any back end says of plain values."""
    value = Readings(**{k: table[prefix + k] for k in KINDS if prefix + k in table.columns})
    for need in sorted(needs):
        found = [table[name] for one in looked_up if (name := prefix + one + need) in table.columns]
        plain = PLAIN[need](value)
        found += [] if plain is None else [plain]
        if found:
            yield prefix + need, found[0] if len(found) == 1 else ibis.coalesce(*found)


def _plain_text(value: Readings) -> ir.Value | None:
    boolean = None if value.boolean is None else boolean_text(value.boolean)
    if value.text is None or boolean is None:
        return boolean if value.text is None else value.text
    return ibis.coalesce(value.text, boolean)


def _plain_money(value: Readings) -> ir.Value | None:
    if value.number is None:
        return None
    fits = value.number.abs() < SUMMABLE
    return fits.ifelse(value.number.cast("string"), ibis.null(str)).cast(MONEY)


PLAIN: Mapping[Reading, Callable[[Readings], ir.Value | None]] = {
    Reading.NUMBER: lambda value: value.number,
    Reading.TEXT: _plain_text,
    Reading.LOCAL: lambda value: None,
    Reading.MOMENT: lambda value: value.instant,
    Reading.MONEY: _plain_money,
    Reading.SAME: same,
}
