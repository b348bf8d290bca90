"""DuckDB: on one table of events of its own in the order of arrival, with ids or with numbers, and
on the product's files."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from tests.benchmarks.ground.contestant import numbers_of
from tests.benchmarks.ground.files import Files
from tests.benchmarks.ground.lake import LakeFiles, columns_read, place_of
from tests.benchmarks.ground.sql import Statements
from tests.benchmarks.ground.statements import Dialect, Source

THREADS = 2  # as the product


def instant(micros: int) -> str:
    """A literal; also in PostgreSQL."""
    at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=micros)
    return f"timestamp '{at:%Y-%m-%d %H:%M:%S.%f}'"


DIALECT = Dialect(
    instant=instant,
    negated=lambda holds: f"({holds}) is not true",
    unless=lambda who: f"not exists (select 1 from ({who}) d where d.customer = c.customer)",
)


def own_table(files: Files) -> Statements:
    """One table `events` in the order of arrival with the columns of the files, as a warehouse has
    them: customers are called by their ids, amounts have decimals. `customers` has the traits in
    the end. Made once, and kept beside the files."""
    connection, path = _opened(files)
    source = Source(
        dialect=DIALECT.with_decimals(), customers="customers", events=lambda _: "events"
    )

    def ids(sql: str) -> pa.ChunkedArray:
        return connection.sql(sql).to_arrow_table()["customer"]

    kept = path.with_suffix(".best")
    return Statements(source, ids, numbered=numbers_of, kept=kept)


def numbered_table(files: Files) -> Statements:
    """The same with what no warehouse has, and helps: numbers instead of ids, and whole cents."""
    connection, path = _opened(files)
    source = Source(
        dialect=DIALECT, customers="numbered.customers", events=lambda _: "numbered.events"
    )
    kept = path.with_name("numbered.best")
    return Statements(source, lambda sql: ask(connection, sql), kept=kept)


def _opened(files: Files) -> tuple[duckdb.DuckDBPyConnection, Path]:
    path = files.folder.parent / "own.duckdb"
    if not path.exists():
        _make(files, path)
    return duckdb.connect(str(path), read_only=True, config={"threads": THREADS}), path


def _make(files: Files, path: Path) -> None:
    half = path.with_suffix(".half")
    half.unlink(missing_ok=True)
    happened = f"read_parquet({[str(file) for file in files.happened]})"
    moment = "event, timezone('UTC', time) as moment"
    with duckdb.connect(str(half), config={"threads": THREADS}) as connection:
        connection.execute("create schema numbered")
        connection.execute(
            f"create table numbered.customers as select * exclude (number), number as customer"
            f" from '{files.people}'"
        )
        connection.execute(
            "create table customers as select * exclude (customer),"
            " 'c' || lpad(cast(customer as varchar), 8, '0') as customer from numbered.customers"
        )
        connection.execute(
            "create table numbered.events as select cast(customer_id[2:] as integer) as customer,"
            f" {moment}, cast(round(amount * 100) as bigint) as cents, item from {happened}"
        )
        connection.execute(
            f"create table events as select customer_id as customer, {moment},"
            f" cast(amount as decimal(18, 2)) as amount, item from {happened}"
        )
    half.rename(path)


def on_lake(files: Files, lake: LakeFiles) -> Statements:
    """A view for each event over the product's own files; customers as in the tables above, called
    by their ordinals."""
    connection = duckdb.connect(config={"threads": THREADS})
    numbers = lake.by_ordinal()
    called = pa.table({"ordinal": np.arange(len(numbers)), "called": numbers})
    connection.register("called", called)
    connection.execute(
        "create table customers as select p.* exclude (number), n.ordinal as customer"
        f" from '{files.people}' p join called n on p.number = n.called"
    )
    for name, paths in lake.events.items():
        connection.execute(f"create view {name} as {_view(connection, name, paths)}")
    source = Source(dialect=DIALECT, customers="customers", events=from_views)
    kept = place_of(files).with_name("duckdb.best")
    return Statements(
        source, lambda sql: ask(connection, sql), numbered=numbers.__getitem__, kept=kept
    )


def from_views(names: tuple[str, ...]) -> str:
    """The events of these names, each of which has a view of its own."""
    if len(names) == 1:
        return names[0]
    return "(" + " union all ".join(f"select * from {name}" for name in names) + ") s"


def _view(connection: duckdb.DuckDBPyConnection, name: str, paths: list[str]) -> str:
    found = f"read_parquet({paths}, union_by_name = true)"
    there = set(connection.sql(f"select * from {found} limit 0").columns)
    cents = 'cast(round("amount.number" * 100) as bigint)' if "amount.number" in there else "null"
    item = '"item.text"' if "item.text" in there else "null"
    return (
        f"select ordinal as customer, '{name}' as event, \"at\" as moment, {cents} as cents,"
        f" {item} as item from {found}"
    )


def ask(connection: duckdb.DuckDBPyConnection, sql: str) -> np.ndarray:
    """The customers that a statement answers with."""
    found: np.ndarray = connection.sql(sql).fetchnumpy()["customer"]
    return found


class BareScan:
    """Reads every value that the first hundred segments need of the product's files, once, and does
    as good as nothing with it."""

    def __init__(self, lake: LakeFiles) -> None:
        self._connection = duckdb.connect(config={"threads": THREADS})
        self._scans = [
            f"select {self._touched(files, columns)} from read_parquet({files}, union_by_name=true)"
            for files, columns in columns_read(lake).values()
        ]

    def run(self) -> None:
        """All of it."""
        for scan in self._scans:
            self._connection.sql(scan).fetchall()

    def _touched(self, files: list[str], columns: list[str]) -> str:
        # A minimum or maximum could be had from statistics, without reading anything.
        relation = self._connection.sql(
            f"select * from read_parquet({files}, union_by_name=true) limit 0"
        )
        types = dict(zip(relation.columns, map(str, relation.types), strict=True))
        touch = {"VARCHAR": "sum(strlen({}))", "DOUBLE": "sum({})", "BOOLEAN": "count_if({})"}
        touch |= {"TIMESTAMP": "bit_xor(epoch_us({}))"}
        return ", ".join(
            touch.get(types[name], "bit_xor({})").format(f'"{name}"') for name in columns
        )
