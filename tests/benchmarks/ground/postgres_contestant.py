"""PostgreSQL: one table of events in the order of arrival with a usual index."""

from __future__ import annotations

import io

import numpy as np
import psycopg
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from tests.benchmarks.ground.duckdb_contestant import DIALECT
from tests.benchmarks.ground.files import Files
from tests.benchmarks.ground.sql import Statements
from tests.benchmarks.ground.statements import Source

EVENTS = (
    "create unlogged table events (event text, at timestamp, amount float8, item text,"
    " customer_id text)"
)
CUSTOMERS = """create unlogged table customers (customer integer primary key, plan text,
    country text, role text, industry text, seats float8, health float8, newsletter boolean,
    trial_ends_at timestamp)"""
ASK_WITH = ("set work_mem = '256MB'", "set jit = off", "set max_parallel_workers_per_gather = 1")


def statements(address: str, files: Files) -> Statements:
    """The ground's tables in the empty data base of this address."""
    connection = psycopg.connect(address, autocommit=True)
    for setting in ASK_WITH:
        connection.execute(setting)
    connection.execute(CUSTOMERS)
    _copy(connection, "customers", pq.read_table(files.people))
    connection.execute(EVENTS)
    for file in files.happened:
        _copy(connection, "events", pq.read_table(file))
    connection.execute(
        "create unlogged table found as select cast(substr(customer_id, 2) as integer) as customer,"
        " event, at as moment, cast(round(amount * 100) as bigint) as cents, item from events"
    )
    connection.execute("drop table events")
    connection.execute("alter table found rename to events")
    connection.execute("create index on events (event, moment)")
    connection.execute("vacuum analyze events")
    connection.execute("vacuum analyze customers")

    def ask(sql: str) -> np.ndarray:
        with connection.cursor(binary=True) as cursor:
            rows = cursor.execute(sql).fetchall()
        return np.fromiter((row[0] for row in rows), dtype=np.uint32, count=len(rows))

    source = Source(dialect=DIALECT, customers="customers", events=lambda _: "events")
    return Statements(source, ask, kept=files.folder.parent / "postgres.best")


def _copy(connection: psycopg.Connection, table: str, rows: pa.Table) -> None:
    command = f"copy {table} from stdin (format csv)"
    with connection.cursor() as cursor, cursor.copy(command) as copy:
        for batch in rows.to_batches(max_chunksize=200_000):
            sink = io.BytesIO()
            options = pyarrow.csv.WriteOptions(include_header=False)
            pyarrow.csv.write_csv(pa.Table.from_batches([batch]), sink, options)
            copy.write(sink.getvalue())
