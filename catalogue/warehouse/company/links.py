"""Which engine a company's warehouse is on."""

from __future__ import annotations

from typing import Any, Protocol

import ibis.expr.types as ir
import pyarrow as pa

from catalogue.warehouse.company.errors import WarehouseError
from catalogue.warehouse.company.mapping import Mapping
from catalogue.warehouse.company.postgres import PostgresLink

NO_SPARK = (
    "WAREHOUSE_URL names Apache Spark, and pyspark is not installed here. Install it with"
    " pip install --require-hashes --no-deps -r requirements/spark.txt; it needs Java 17 or later."
)


class Link(Protocol):
    """A connection of its own to the company's engine. What the engine says against it is a
    WarehouseError (on PostgreSQL psycopg's own), also when the back end is asked."""

    schema: str  # where the company's tables are
    backend: Any  # of Ibis: compile, to_pyarrow, interrupt

    def send(self, name: str, rows: pa.Table) -> ir.Table:
        """Rows of ours as a table that queries may join; only before `begin`."""

    def begin(self) -> None:
        """From here on the company's tables are read, and nothing else is done."""

    def table(self, name: str) -> ir.Table:
        """One of the company's tables. Raises TableNotFound."""

    def close(self) -> None:
        """Let go of the engine."""


def connect(url: str, mapping: Mapping) -> Link:
    """A link to the engine that a WAREHOUSE_URL names."""
    if url.lower().startswith("spark:"):
        return _spark(url, mapping)
    if url.lower().startswith("clickhouse:"):
        # Whoever has another engine need not wait for this client to be imported.
        from catalogue.warehouse.company.clickhouse import ClickHouseLink

        return ClickHouseLink(url, mapping)
    return PostgresLink(url, mapping)


def _spark(url: str, mapping: Mapping) -> Link:
    try:
        from catalogue.warehouse.company.spark import SparkLink
    except ImportError as error:
        raise WarehouseError(NO_SPARK) from error
    return SparkLink(url, mapping)
