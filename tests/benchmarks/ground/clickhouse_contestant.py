"""ClickHouse, embedded: a table of events with the order that PostHog gives its own, and views over
the product's files."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from chdb.session import Session

from tests.benchmarks.ground.duckdb_contestant import THREADS, from_views
from tests.benchmarks.ground.files import Files
from tests.benchmarks.ground.lake import LakeFiles, place_of
from tests.benchmarks.ground.sql import Statements
from tests.benchmarks.ground.statements import Dialect, Relation, Source

MADE = "made"
EVENTS = """create table own.events (customer UInt32, event LowCardinality(String),
    moment DateTime64(6, 'UTC'), cents Nullable(Int64), item LowCardinality(Nullable(String)))
    engine = MergeTree partition by toYYYYMM(moment)
    order by (toDate(moment), event, cityHash64(customer))"""
TRAITS = "plan, country, role, industry, seats, health, newsletter, trial_ends_at"


def instant(micros: int) -> str:
    """A literal."""
    at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=micros)
    return f"toDateTime64('{at:%Y-%m-%d %H:%M:%S.%f}', 6, 'UTC')"


DIALECT = Dialect(
    instant=instant,
    negated=lambda holds: f"not ifNull({holds}, false)",
    unless=lambda who: f"c.customer not in ({who})",
)


class ClickHouse:
    """One ClickHouse in a folder beside the files; a process may have no second one."""

    def __init__(self, files: Files, lake: LakeFiles | None = None) -> None:
        folder = files.folder.parent / "clickhouse"
        is_new = not (folder / MADE).exists()
        if is_new:
            shutil.rmtree(folder, ignore_errors=True)
        self._session = Session(str(folder))
        self._files = files
        if is_new:
            self._make()
            (folder / MADE).touch()
        kept = files.folder.parent / "clickhouse.best"
        self.own = self._statements("own.customers", lambda _: "own.events", kept)
        if lake is not None:
            numbers = lake.by_ordinal()
            self._open_lake(lake, numbers, folder)
            kept = place_of(files).with_name("clickhouse.best")
            self.on_lake = self._statements("lake.customers", _from_lake, kept, numbers)

    def _make(self) -> None:
        self._do("create database own")
        self._do(EVENTS)
        for file in self._files.happened:
            self._do(
                "insert into own.events select toUInt32(substring(customer_id, 2)), event, time,"
                f" toInt64(round(amount * 100)), item from file('{file}', Parquet)"
            )
        self._do("optimize table own.events final")
        people = f"select {_key('number')}, {TRAITS} from file('{self._files.people}', Parquet)"
        self._do(f"create table own.customers engine = MergeTree order by customer as {people}")

    def _open_lake(self, lake: LakeFiles, numbers: np.ndarray, folder: Path) -> None:
        self._do("drop database if exists lake")
        self._do("create database lake")
        called = folder / "called.parquet"
        pq.write_table(pa.table({"ordinal": np.arange(len(numbers)), "called": numbers}), called)
        people = (
            f"select {_key('n.ordinal')}, {TRAITS} from file('{self._files.people}', Parquet) p"
            f" join file('{called}', Parquet) n on p.number = n.called"
        )
        self._do(f"create table lake.customers engine = MergeTree order by customer as {people}")
        for name, paths in lake.events.items():
            self._do(f"create view lake.{name} as {_view(name, paths)}")

    def _statements(
        self, customers: str, events: Relation, kept: Path, numbers: np.ndarray | None = None
    ) -> Statements:
        source = Source(dialect=DIALECT, customers=customers, events=events)
        return Statements(source, self._ask, numbers=numbers, kept=kept)

    def _do(self, sql: str) -> None:
        self._session.query(sql)

    def _ask(self, sql: str) -> np.ndarray:
        found = self._session.query(
            f"select toUInt32(customer) from ({sql}) settings max_threads = {THREADS}", "RowBinary"
        )
        return np.frombuffer(found.bytes(), dtype="<u4")


def _key(column: str) -> str:
    return f"assumeNotNull(toUInt32({column})) as customer"


def _from_lake(names: tuple[str, ...]) -> str:
    return from_views(tuple(f"lake.{name}" for name in names))


def _view(name: str, paths: list[str]) -> str:
    there = {column for path in paths for column in pq.read_schema(path).names}
    cents = "toInt64(round(`amount.number` * 100))" if "amount.number" in there else "null"
    item = "`item.text`" if "item.text" in there else "null"
    folder = Path(paths[0]).parent
    # Of alternatives ClickHouse takes names only, and a single one is none.
    names = ",".join(Path(path).name for path in paths)
    found = f"{folder}/{{{names}}}" if len(paths) > 1 else paths[0]
    return (
        f"select {_key('ordinal')}, '{name}' as event, at as moment,"
        f" {cents} as cents, {item} as item from file('{found}', Parquet)"
    )
