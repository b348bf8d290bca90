"""Engines beside DuckDB and the reference, each as a judge of given workspaces."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import psycopg
import pyarrow as pa
import pyarrow.ipc

from catalogue.engine.given_segments import Judge
from catalogue.engine.judge_given import judge_given
from catalogue.warehouse.clickhouse import ReadingClickHouse
from catalogue.warehouse.postgres import ReadingBackend

READ_ONLY = "-c default_transaction_read_only=on -c jit=off"


@contextmanager
def postgres_judge(address: str) -> Iterator[Judge]:
    """PostgreSQL, on a connection that may only read."""
    with psycopg.connect(address, autocommit=True, options=READ_ONLY) as connection:
        yield partial(judge_given, connection=ReadingBackend.from_connection(connection))


def clickhouse_judge() -> Judge:
    """ClickHouse in this process; it holds one database at most."""
    return partial(judge_given, connection=embedded_clickhouse())


def embedded_clickhouse() -> ReadingClickHouse:
    """A back end on chdb."""
    from chdb.session import Session

    session = Session()

    def run(query: str) -> pa.Table:
        with pyarrow.ipc.open_stream(session.query(query, "ArrowStream").bytes()) as reader:
            return reader.read_all()

    return ReadingClickHouse(run)


# One partition: the worlds of specs are small. Nothing listens but the master.
SPARK = {
    "spark.ui.enabled": "false",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.shuffle.partitions": "1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
}


@contextmanager
def spark_judge(master: str) -> Iterator[Judge]:
    """Apache Spark at `master`, or in this process for `local[1]`."""
    from pyspark.sql import SparkSession

    from catalogue.warehouse.spark import ReadingSpark

    builder = SparkSession.builder.master(master)
    for name, value in SPARK.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    # A process has one at most, and would give us that of another master.
    assert session.sparkContext.master == master
    try:
        yield partial(judge_given, connection=ReadingSpark.of_session(session))
    finally:
        session.stop()
