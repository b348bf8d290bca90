"""A connection to the company's PostgreSQL that can only read, sees one state of the data, and ends
what takes too long."""

from __future__ import annotations

import io

import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir
import psycopg
import pyarrow as pa
import pyarrow.csv
from django.conf import settings

from catalogue.warehouse.company.mapping import Mapping
from catalogue.warehouse.company.values import with_documents
from catalogue.warehouse.postgres import ReadingBackend

LIMITS = "-c statement_timeout={seconds}s -c lock_timeout=5s -c jit=off -c datestyle=ISO"
ONE_STATE = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"


class PostgresLink:
    """See `Link`. Everything is read inside the one transaction that the connection ever has."""

    def __init__(self, url: str, mapping: Mapping) -> None:
        self.schema = mapping.schema or "public"
        self._connection = psycopg.connect(
            url,
            autocommit=True,
            connect_timeout=10,
            options=LIMITS.format(seconds=settings.WAREHOUSE_TIMEOUT_SECONDS),
            application_name="segment-catalogue",
        )
        self.backend = ReadingBackend.from_connection(self._connection)

    def begin(self) -> None:
        """From here on nothing can be written, and one state of the data is seen."""
        self._connection.execute(ONE_STATE)

    def table(self, name: str) -> ir.Table:
        """One of the company's tables. Raises TableNotFound."""
        return with_documents(self.backend.table(name, database=self.schema), "array_to_json")

    def close(self) -> None:
        """Let go of the connection."""
        self._connection.close()

    def send(self, name: str, rows: pa.Table) -> ir.Table:
        """Rows that stay on the server as long as the connection. In each query itself where the
        login may make no temporary table, as on a server that only follows another."""
        try:
            with self._connection.transaction():
                _copy(self._connection, name, rows)
        except (psycopg.errors.ReadOnlySqlTransaction, psycopg.errors.InsufficientPrivilege):
            return ibis.memtable(rows)
        schema = ibis.Schema.from_pyarrow(rows.schema)
        return ops.DatabaseTable(
            name=name, schema=schema, source=ReadingBackend(), namespace=ops.Namespace()
        ).to_expr()


def _copy(connection: psycopg.Connection, name: str, rows: pa.Table) -> None:
    connection.execute(f"CREATE TEMPORARY TABLE {name} (of text, ordinal integer)")
    options = pyarrow.csv.WriteOptions(include_header=False)
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY {name} FROM STDIN (FORMAT csv)") as copy,
    ):
        for batch in rows.to_batches(max_chunksize=100_000):
            sink = io.BytesIO()
            pyarrow.csv.write_csv(pa.Table.from_batches([batch]), sink, options)
            copy.write(sink.getvalue())
    connection.execute(f"ANALYZE {name}")
