"""DuckDB as a pure calculator: it reads the lake and nothing else on this machine.

Definitions are compiled to expressions, never to text, so no user can write SQL. This is the second
wall: a connection that is locked before the first query and that proves at its start that files
outside the lake cannot be read or written.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import tempfile
import threading
from collections.abc import Generator, Iterator
from functools import cache, cached_property, lru_cache
from pathlib import Path

import duckdb
import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir
import pyarrow as pa
from ibis.backends.duckdb import Backend

from catalogue.warehouse.parquet import FileBackend

# Of a connection that is opened without another limit.
MEMORY_LIMIT = "1500MB"
# What every connection starts with, before it is locked.
SETTINGS: dict[str, str | bool | int | float | list[str]] = {
    "threads": 2,
    "memory_limit": MEMORY_LIMIT,
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "allow_community_extensions": False,
    "python_enable_replacements": False,
}
TEMP_LIMIT = "2000MB"
_numbers = itertools.count()
_of_thread = threading.local()


class UnlockedError(RuntimeError):
    """DuckDB could reach a file it must not reach; the product must not start."""


def open_connection(
    *,
    lake: Path | None = None,
    temp: Path | None = None,
    threads: int = 2,
    memory_limit: str = MEMORY_LIMIT,
) -> FileBackend:
    """An Ibis back end on a new in-memory DuckDB that may read `lake` and spill to `temp`.

    Without `lake` it reads no files at all; without `temp` nothing is spilled. Not for use by two
    threads at once. Raises UnlockedError when a file elsewhere can be read or written.
    """
    settings = {**SETTINGS, "threads": threads, "memory_limit": memory_limit}
    connection = duckdb.connect(":memory:", config=settings)
    backend: FileBackend = FileBackend.from_connection(connection)
    # Ibis sets it for one connection, and its twin is to have it too.
    connection.execute("SET GLOBAL timezone = 'UTC'")
    lock_down(connection, lake, temp)
    probe(connection)
    return backend


def standing_connection(*, lake: Path, memory_limit: str) -> FileBackend:
    """A connection of its own to a DuckDB that this process keeps open for one lake: opening one
    and trying its lock costs more than a small question. All that use it share the limit of memory,
    so it is for those who come one after the other."""
    return twin_of(_standing(lake, memory_limit, os.getpid()))


def close_standing() -> None:
    """Let go of it after a failure: DuckDB answers nothing more after some of its own. The next one
    is opened anew."""
    _standing.cache_clear()


@lru_cache(maxsize=1)
def _standing(lake: Path, memory_limit: str, _process: int) -> FileBackend:
    # A process that was forked shares no connection with the one it came from.
    return open_connection(lake=lake, memory_limit=memory_limit)


def twin_of(backend: Backend) -> FileBackend:
    """A second connection for another thread, to the same DuckDB: locked as the first one is, and
    within its limits."""
    twin = FileBackend()
    # As Ibis opens one, but for the settings, which are locked and hold for all connections.
    twin._can_reconnect, twin.con = False, backend.con.cursor()
    twin._record_batch_readers_consumed = {}
    return twin


def fetch(backend: ibis.BaseBackend, query: ir.Table) -> pa.Table:
    """All rows of a query."""
    if not isinstance(backend, Backend):
        table: pa.Table = backend.to_pyarrow(query)
        return table
    # Ibis copies the answer once more, to cast it to types that it has already.
    backend._run_pre_execute_hooks(query)
    return backend.con.sql(backend.compile(query)).to_arrow_table()


def batches(backend: ibis.BaseBackend, query: ir.Table, size: int) -> Generator[pa.RecordBatch]:
    """The rows of a query, about `size` at a time. Close it when it is not read to its end: until
    then the connection answers nothing else."""
    if not isinstance(backend, Backend):
        yield from backend.to_pyarrow_batches(query, chunk_size=size)
        return
    # What Ibis calls for this is gone from DuckDB 2.
    backend._run_pre_execute_hooks(query)
    yield from batches_of(backend, backend.compile(query), size)


def batches_of(backend: Backend, sql: str, size: int) -> Generator[pa.RecordBatch]:
    """The same for a statement of our own."""
    reader = backend.con.sql(sql).to_arrow_reader(size)
    try:
        yield from reader
    finally:
        reader.close()


@cache
def shared_connection() -> Backend:
    """The process's own connection without files, for tables given in memory."""
    return open_connection()


def reads_values(backend: ibis.BaseBackend) -> bool:
    """Whether the back end itself reads texts and documents as the language says. Others are sent
    what was read of the different values here (docs/decisions, on engines)."""
    return isinstance(backend, Backend)


def interrupt(backend: ibis.BaseBackend) -> None:
    """End what the back end is doing, from another thread."""
    (backend.con if isinstance(backend, Backend) else backend).interrupt()


def own_connection() -> Backend:
    """This thread's own connection without files, for what is read here."""
    if not hasattr(_of_thread, "connection"):
        _of_thread.connection = open_connection()
    connection: Backend = _of_thread.connection
    return connection


def register(backend: Backend, rows: pa.Table) -> ir.Table:
    """Rows as a table of the connection; `backend.con.unregister` its name when it is done with."""
    name = f"given_{next(_numbers)}"
    backend.con.register(name, rows)
    # Built by hand: asking the back end for the schema we know costs more than the query.
    return ops.DatabaseTable(
        name=name,
        schema=ibis.Schema.from_pyarrow(rows.schema),
        source=backend,
        namespace=ops.Namespace(),
    ).to_expr()


def fetch_here(query: ir.Table) -> pa.Table:
    """All rows of a query over tables in memory; this thread's own connection then forgets them."""
    backend = own_connection()
    try:
        return fetch(backend, query)
    finally:
        for table in query.op().find(ops.InMemoryTable):
            backend.con.unregister(table.name)


@contextlib.contextmanager
def open_duckdb(lake_dir: Path | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection in memory, gone when the block ends. Raises UnlockedError."""
    connection = duckdb.connect(config=SETTINGS)
    try:
        lock_down(connection, lake_dir)
        probe(connection)
        yield connection
    finally:
        connection.close()


class Calculator:
    """One locked DuckDB for all that a writer calculates; opened when it is first needed."""

    def __init__(self, lake_dir: Path) -> None:
        self._lake_dir = lake_dir
        self._open = contextlib.ExitStack()

    @cached_property
    def _duckdb(self) -> duckdb.DuckDBPyConnection:
        return self._open.enter_context(open_duckdb(self._lake_dir))

    @contextlib.contextmanager
    def sheet(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A connection whose temporary views and registered tables are gone when the block ends."""
        cursor = self._duckdb.cursor()
        try:
            yield cursor
        finally:
            cursor.close()

    def close(self) -> None:
        """Give its memory back."""
        self._open.close()


def lock_down(
    connection: duckdb.DuckDBPyConnection, lake_dir: Path | None = None, temp: Path | None = None
) -> None:
    """Let the connection read files of the lake, and no other file, network or setting; without
    `temp` it may not spill to disk."""
    # The order matters: with external access off no folder can be allowed any more.
    connection.execute("SET temp_directory = ?", [str(temp) if temp else ""])
    limit = TEMP_LIMIT if temp else "0B"
    connection.execute("SET max_temp_directory_size = ?", [limit])
    folders = [f"{folder.resolve()}/" for folder in (lake_dir, temp) if folder is not None]
    connection.execute("SET allowed_directories = ?", [folders])
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")


def probe(connection: duckdb.DuckDBPyConnection) -> None:
    """Try to break out in every known way; raises UnlockedError if one of them works."""
    with _stranger() as (file, folder):
        for attempt, values in _attempts(file, folder):
            if _works(connection, attempt, values):
                raise UnlockedError(
                    f"DuckDB is not locked in: “{attempt}” worked on a file outside the lake. "
                    "Use the pinned DuckDB version and do not start the product."
                )


@contextlib.contextmanager
def _stranger() -> Iterator[tuple[str, str]]:
    """A file outside the lake that really is there, so that a refusal is not just its absence."""
    with tempfile.TemporaryDirectory(prefix="segment-catalogue-probe-") as folder:
        file = Path(folder) / "stranger.csv"
        file.write_text("a\n1\n", encoding="utf-8")
        yield str(file), folder


def _attempts(file: str, folder: str) -> list[tuple[str, list[str]]]:
    return [
        ("SELECT * FROM read_csv(?)", [file]),
        ("SELECT * FROM read_text(?)", [file]),
        ("SELECT * FROM read_blob(?)", [file]),
        ("SELECT * FROM sniff_csv(?)", [file]),
        ("SELECT * FROM glob(?)", [f"{folder}/*"]),
        ("SELECT * FROM read_parquet(?)", [file]),
        # These take no parameters; the path is our own and holds no quote.
        (f"COPY (SELECT 1) TO '{folder}/out.csv'", []),  # noqa: S608
        (f"ATTACH '{folder}/other.duckdb'", []),
        (f"EXPORT DATABASE '{folder}/export'", []),
        ("INSTALL httpfs", []),
        ("SET enable_external_access = true", []),
        ("RESET lock_configuration", []),
    ]


def _works(connection: duckdb.DuckDBPyConnection, attempt: str, values: list[str]) -> bool:
    try:
        rows = connection.execute(attempt, values).fetchall()
    except duckdb.Error:
        return False
    # A glob that answers with nothing has shown nothing; everything else that ran has broken out.
    return bool(rows) or "glob" not in attempt
