"""Trait changes: what a load really changes, kept so that every past value stays exact.

A value sent again is no change and takes no row. That it was sent again still matters to a load
from the past that comes later (loaded Monday: A; loaded Friday: A again; then a file as of Tuesday
says B: on Friday it is A). So each load also keeps *who* was confirmed, one bitmap per trait, and a
load from the past writes the row that the confirmation then stands for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyroaring import BitMap

from catalogue.warehouse.kinds import ARROW_TYPES
from catalogue.warehouse.lake import PinnedLake
from catalogue.warehouse.writer import Writer

MICROSECONDS = pa.timestamp("us")
# One row of a table of changes, whatever kinds it has. `account` is the kind of customer_accounts.
EVERY_KIND = {**ARROW_TYPES, "account": pa.int32()}
CHANGE = pa.schema(
    {"ordinal": pa.int32(), "at": MICROSECONDS, "sequence": pa.int64(), **EVERY_KIND}
)
CONFIRMED = pa.schema(
    {"trait": pa.string(), "at": MICROSECONDS, "sequence": pa.int64(), "ordinals": pa.binary()}
)
NOT_MISSING = """
(coalesce(text, json) is not null or number is not null or boolean is not null
  or instant is not null or account is not null)
"""
IN_FORCE = f"""
create temp view in_force as select *, {NOT_MISSING} as had from known
where "at" <= (select max("at") from told)
qualify row_number() over (partition by ordinal order by "at" desc, sequence desc) = 1
"""  # noqa: S608
SAID = f"create temp view said as select *, {NOT_MISSING} as has from told"  # noqa: S608
# With what a change does to the number of those who have a value, and if anything came later.
FRESH = """
select said.* exclude has, said.has::tinyint - coalesce(old.had, false)::tinyint as gain,
  (select max("at") > (select max("at") from told) from known) as later
from said left join in_force as old using (ordinal)
where said.text is distinct from old.text or said.number is distinct from old.number
  or said.boolean is distinct from old.boolean or said.instant is distinct from old.instant
  or said.json is distinct from old.json or said.account is distinct from old.account
"""
# The value that was in force, said again at a later instant, unless something came in between.
REVIVED = """
select revived.ordinal, revived."at", revived.sequence,
  text, number, boolean, instant, json, account
from revived left join in_force as old using (ordinal)
where not exists (
  from known as later where later.ordinal = revived.ordinal
  and later."at" > (select max("at") from told)
  and (later."at", later.sequence) <= (revived."at", revived.sequence))
"""
NEWEST_KNOWN = f"""
select ordinal from (
  select * from known
  qualify row_number() over (partition by ordinal order by "at" desc, sequence desc) = 1)
where {NOT_MISSING}
"""  # noqa: S608


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What one load says of one trait: a value (or missing) for each ordinal, as of `at`."""

    key: str
    name: str
    ordinals: np.ndarray
    values: Mapping[str, pa.Array]
    at: datetime  # naive UTC
    sequence: int

    def table(self) -> pa.Table:
        """The rows as changes, all kinds."""
        size = len(self.ordinals)
        columns = {
            "ordinal": pa.array(self.ordinals, pa.int32()),
            "at": pa.array([self.at], MICROSECONDS).take(pa.array(np.zeros(size, np.int64))),
            "sequence": pa.array(np.full(size, self.sequence)),
            **self.values,
        }
        empty = {f.name: pa.nulls(size, f.type) for f in CHANGE if f.name not in columns}
        return pa.table({**columns, **empty}).select(CHANGE.names).cast(CHANGE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """Rows to append, and the ordinals whose value was only confirmed; also who has a value only
    now and who no longer has one, unless something later is known (`newest` is false)."""

    rows: pa.Table
    confirmed: BitMap
    gained: BitMap
    lost: BitMap
    newest: bool


def changes(said: Said, writer: Writer, confirmations: pa.Table) -> Changed:
    """The rows that `said` adds to what the lake knows. `confirmations`: see `confirmations_of`."""
    with writer.calculator.sheet() as connection:
        _show_known(connection, writer.known, said.key)
        connection.register("told", said.table())
        for view in (SAID, IN_FORCE):
            connection.execute(view)
        fresh = connection.sql(FRESH).to_arrow_table()
        rows, new = [fresh.select(CHANGE.names).cast(CHANGE)], _bitmap(fresh["ordinal"])
        after = confirmations.filter(pc.equal(confirmations["trait"], said.name))
        if revived := _still_confirmed(after, new, said):
            connection.register("revived", revived)
            rows.append(connection.sql(REVIVED).to_arrow_table().cast(CHANGE))
    return Changed(
        rows=_only_filled(pa.concat_tables(rows)),
        confirmed=BitMap(said.ordinals.astype(np.uint32)) - new,
        gained=_bitmap(fresh.filter(pc.equal(fresh["gain"], 1))["ordinal"]),
        lost=_bitmap(fresh.filter(pc.equal(fresh["gain"], -1))["ordinal"]),
        newest=revived is None and not pc.any(fresh["later"]).as_py(),
    )


def confirmations_of(writer: Writer, key: str, after: datetime) -> pa.Table:
    """What loads confirmed as of an instant after `after`, oldest first."""
    files = writer.known.files_after(key, after)
    if not files:
        return CONFIRMED.empty_table()
    with writer.calculator.sheet() as connection:
        connection.register("confirmed", connection.read_parquet(files))
        query = 'select * from confirmed where "at" > $after order by "at", sequence'
        return connection.sql(query, params={"after": after}).to_arrow_table().cast(CONFIRMED)


def confirmation(confirmed: Mapping[str, BitMap], at: datetime, sequence: int) -> pa.Table:
    """One row per trait name: who was confirmed as of `at`."""
    told = {name: ordinals for name, ordinals in confirmed.items() if ordinals}
    columns = [
        pa.array(list(told), pa.string()),
        pa.array([at] * len(told), MICROSECONDS),
        pa.array([sequence] * len(told), pa.int64()),
        pa.array([ordinals.serialize() for ordinals in told.values()], pa.binary()),
    ]
    return pa.table(columns, schema=CONFIRMED)


def known_ordinals(connection: duckdb.DuckDBPyConnection, lake: PinnedLake, key: str) -> BitMap:
    """Whose newest value of this trait is not missing; on a sheet of its own."""
    _show_known(connection, lake, key)
    return _bitmap(connection.sql(NEWEST_KNOWN).to_arrow_table()["ordinal"])


def _show_known(connection: duckdb.DuckDBPyConnection, lake: PinnedLake, key: str) -> None:
    """The changes of a trait as the view `known`, with all kinds, also when there are none yet."""
    connection.register("no_change", CHANGE.empty_table())
    files = lake.files(key)
    if files:
        connection.register("stored", connection.read_parquet(files, union_by_name=True))
    stored = "union all by name from stored" if files else ""
    connection.execute(f"create temp view known as from no_change {stored}")


def _still_confirmed(later: pa.Table, new: BitMap, said: Said) -> pa.Table | None:
    """Each changed ordinal with the first later load that confirmed the value before."""
    left, found = new.copy(), []
    for row in later.to_pylist():
        hit = BitMap.deserialize(row["ordinals"]) & left
        left -= hit
        size = len(hit)
        found.append((np.array(hit, np.int32), [row["at"]] * size, [row["sequence"]] * size))
    if len(left) == len(new):
        return None
    ordinals, ats, sequences = zip(*found, strict=True)
    return pa.table(
        {
            "ordinal": np.concatenate(ordinals),
            "at": pa.array([at for part in ats for at in part], MICROSECONDS),
            "sequence": pa.array([s for part in sequences for s in part], pa.int64()),
        }
    )


def _bitmap(ordinals: pa.ChunkedArray) -> BitMap:
    return BitMap(ordinals.to_numpy().astype(np.uint32))


def _only_filled(rows: pa.Table) -> pa.Table:
    """Without the kinds that no row has; ordered by time, as every table of the lake is."""
    empty = [kind for kind in EVERY_KIND if rows[kind].null_count == len(rows)]
    return rows.drop_columns(empty).sort_by([("at", "ascending"), ("ordinal", "ascending")])
