"""A connection to the company's PostgreSQL that can only read, sees one state of the data, and ends
what takes too long."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from weakref import finalize

import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir
import psycopg
import pyarrow as pa
import pyarrow.csv
from django.conf import settings
from ibis.common.exceptions import TableNotFound

from catalogue.warehouse.company.mapping import Mapping, WarehouseError, read_mapping
from catalogue.warehouse.postgres import ReadingBackend

LIMITS = "-c statement_timeout={seconds}s -c lock_timeout=5s -c jit=off -c datestyle=ISO"
OURS = "segment_catalogue_ordinals"
ONE_STATE = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"


class Server:
    """The warehouse that WAREHOUSE_URL names, read by the names of WAREHOUSE_MAPPING. Connects when
    first asked. Raises WarehouseError."""

    def __init__(
        self, url: str, mapping: Mapping, everybody: Callable[[], pa.Table] | None = None
    ) -> None:
        self._url = url
        self._everybody = everybody
        self.mapping = mapping
        self._tables: dict[str, ir.Table] = {}

    @classmethod
    def of_settings(cls, everybody: Callable[[], pa.Table] | None = None) -> Server:
        """The one this installation is set up with. `everybody` gives the ids (`of`) and ordinals
        that are to be joined to its rows."""
        path = settings.WAREHOUSE_MAPPING
        mapping = read_mapping(Path(path) if path else None)
        return cls(settings.WAREHOUSE_URL, mapping, everybody)

    @cached_property
    def backend(self) -> ReadingBackend:
        """The back end on a connection of its own, inside the one transaction it ever has."""
        seconds = settings.WAREHOUSE_TIMEOUT_SECONDS
        with in_sentences():
            connection = psycopg.connect(
                self._url,
                autocommit=True,
                connect_timeout=10,
                options=LIMITS.format(seconds=seconds),
                application_name="segment-catalogue",
            )
            finalize(self, connection.close)
            backend = ReadingBackend.from_connection(connection)
            if self._everybody is not None:
                self._ordinals = _sent(connection, self._everybody())
            connection.execute(ONE_STATE)
        return backend

    @property
    def ordinals(self) -> ir.Table:
        """`of`, an id, and `ordinal` of everybody we have given a number."""
        _ = self.backend
        return self._ordinals

    def close(self) -> None:
        """Let go of the connection."""
        if "backend" in vars(self):
            self.backend.con.close()

    def table(self, name: str, place: str) -> ir.Table:
        """A table of the warehouse; `place` is where the mapping names it."""
        if name not in self._tables:
            with in_sentences():
                self._tables[name] = self._open(name, place)
        return self._tables[name]

    def has(self, name: str) -> bool:
        """Whether there is such a table."""
        try:
            self.table(name, "")
        except WarehouseError:
            return False
        return True

    def _open(self, name: str, place: str) -> ir.Table:
        try:
            return self.backend.table(name, database=self.mapping.schema)
        except TableNotFound:
            raise WarehouseError(
                f"The warehouse has no table “{self.mapping.schema}.{name}” ({place} of the"
                " mapping). Write its name into the file that WAREHOUSE_MAPPING names, and see that"
                " the login may read it."
            ) from None

    def column(self, table: ir.Table, name: str, place: str) -> ir.Column:
        """A column that the mapping names."""
        if name not in table.columns:
            raise WarehouseError(
                f"The table “{table.get_name()}” has no column “{name}” ({place} of the mapping);"
                f" it has {', '.join(table.columns[:12])}. Write its name into the file that"
                " WAREHOUSE_MAPPING names."
            )
        return table[name]


def _sent(connection: psycopg.Connection, rows: pa.Table) -> ir.Table:
    """Rows that stay on the server as long as the connection. In each query itself where the login
    may make no temporary table, as on a server that only follows another."""
    try:
        with connection.transaction():
            _copy(connection, rows)
    except (psycopg.errors.ReadOnlySqlTransaction, psycopg.errors.InsufficientPrivilege):
        return ibis.memtable(rows)
    schema = ibis.Schema.from_pyarrow(rows.schema)
    source = ReadingBackend()
    return ops.DatabaseTable(
        name=OURS, schema=schema, source=source, namespace=ops.Namespace()
    ).to_expr()


def _copy(connection: psycopg.Connection, rows: pa.Table) -> None:
    connection.execute(f"CREATE TEMPORARY TABLE {OURS} (of text, ordinal integer)")
    options = pyarrow.csv.WriteOptions(include_header=False)
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY {OURS} FROM STDIN (FORMAT csv)") as copy,
    ):
        for batch in rows.to_batches(max_chunksize=100_000):
            sink = io.BytesIO()
            pyarrow.csv.write_csv(pa.Table.from_batches([batch]), sink, options)
            copy.write(sink.getvalue())
    connection.execute(f"ANALYZE {OURS}")


@contextmanager
def in_sentences() -> Iterator[None]:
    """Whatever PostgreSQL says against it is a WarehouseError."""
    try:
        yield
    except psycopg.Error as error:
        reason = str(error).partition("\n")[0]
        raise WarehouseError(
            f"The company's warehouse could not be read: {reason}. Check WAREHOUSE_URL and what its"
            " login may read."
        ) from error
