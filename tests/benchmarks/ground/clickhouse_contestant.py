"""ClickHouse, embedded: tables of events with the order that PostHog gives its own, with ids or
with numbers, and views over the product's files."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from chdb.session import Session

from tests.benchmarks.ground.contestant import numbers_of
from tests.benchmarks.ground.duckdb_contestant import THREADS, from_views
from tests.benchmarks.ground.files import Files
from tests.benchmarks.ground.lake import LakeFiles, place_of
from tests.benchmarks.ground.sql import Statements
from tests.benchmarks.ground.statements import Dialect, Relation, Source

MADE = "made"
EVENTS = """create table {name} (customer {who}, event LowCardinality(String),
    moment DateTime64(6, 'UTC'), {money}, item LowCardinality(Nullable(String)))
    engine = MergeTree partition by toYYYYMM(moment)
    order by (toDate(moment), event, cityHash64(customer))"""
# How a customer and an amount are made of the columns of the files.
NUMBERED = ("toUInt32(substring(customer_id, 2))", "toInt64(round(amount * 100))")
# By way of text: from a float it cuts off what it cannot hold, and 8.29 is a little less than that.
NAMED = ("customer_id", "toDecimal64(toString(amount), 2)")
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
        beside = files.folder.parent
        self.own = Statements(
            Source(
                dialect=DIALECT.with_decimals(),
                customers="own.customers",
                events=lambda _: "own.events",
            ),
            self._ask_ids,
            numbered=_numbers_in,
            kept=beside / "clickhouse.best",
        )
        self.numbered = self._statements(
            "numbered.customers", lambda _: "numbered.events", beside / "numbered-clickhouse.best"
        )
        if lake is not None:
            numbers = lake.by_ordinal()
            self._open_lake(lake, numbers, folder)
            kept = place_of(files).with_name("clickhouse.best")
            self.on_lake = self._statements("lake.customers", _from_lake, kept, numbers)

    def _make(self) -> None:
        people = f"select {_key('number')}, {TRAITS} from file('{self._files.people}', Parquet)"
        called = "concat('c', leftPad(toString(number), 8, '0'))"
        named = people.replace(_key("number"), f"assumeNotNull({called}) as customer")
        self._make_tables("numbered", people, ("UInt32", "cents Nullable(Int64)"), NUMBERED)
        self._make_tables("own", named, ("String", "amount Nullable(Decimal(18, 2))"), NAMED)

    def _make_tables(
        self, name: str, people: str, kinds: tuple[str, str], columns: tuple[str, str]
    ) -> None:
        self._do(f"create database {name}")
        (who, money), (customer, amount) = kinds, columns
        self._do(EVENTS.format(name=f"{name}.events", who=who, money=money))
        for file in self._files.happened:
            self._do(
                f"insert into {name}.events select {customer}, event, time, {amount}, item"
                f" from file('{file}', Parquet)"
            )
        self._do(f"optimize table {name}.events final")
        self._do(f"create table {name}.customers engine = MergeTree order by customer as {people}")

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
        numbered = np.asarray if numbers is None else numbers.__getitem__
        return Statements(source, self._ask, numbered=numbered, kept=kept)

    def _do(self, sql: str) -> None:
        self._session.query(sql)

    def _ask_ids(self, sql: str) -> bytes:
        found = self._session.query(f"{sql} settings max_threads = {THREADS}", "ArrowStream")
        answer: bytes = found.bytes()
        return answer

    def _ask(self, sql: str) -> np.ndarray:
        found = self._session.query(
            f"select toUInt32(customer) from ({sql}) settings max_threads = {THREADS}", "RowBinary"
        )
        return np.frombuffer(found.bytes(), dtype="<u4")


def _numbers_in(answer: bytes) -> np.ndarray:
    found = pa.ipc.open_stream(answer).read_all()["customer"]
    return numbers_of(found.cast(pa.string()))


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
