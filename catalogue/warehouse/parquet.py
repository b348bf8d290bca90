"""Parquet files as tables of the back end. Ibis can open them itself, but asks DuckDB for much that
is known already; a refresh opens dozens."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from functools import lru_cache
from itertools import count
from threading import Lock
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.parquet as pq
from ibis.backends.duckdb import Backend
from ibis.expr import operations as ops

# Of so many files it is remembered which columns they have; a file is never changed.
MOST_FILES = 20_000
# What is read at once, and how many of these are kept.
SMALL_BYTES, SMALL_FILES = 1 << 18, 16
_numbers = count()
_columns: dict[str, frozenset[str]] = {}
_lock = Lock()


class FileBackend(Backend):
    """DuckDB to which files are tables. The view of a table is made when Ibis first reads it: most
    are read by statements of our own, which name the files themselves."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._files: dict[str, tuple[str, ...]] = {}
        self._shown: set[str] = set()

    def add_files(self, files: Collection[str], schema: ibis.Schema) -> ir.Table:
        """A table of the rows of some files, with these columns."""
        name = f"files_{next(_numbers)}"
        self._files[name] = tuple(files)
        return ops.DatabaseTable(
            name=name, schema=schema, source=self, namespace=ops.Namespace()
        ).to_expr()

    def files_of(self, table: ir.Table) -> tuple[str, ...]:
        """The files that the rows of a table lie in; none of tables of other kinds."""
        op = table.op()
        return self._files.get(op.name, ()) if isinstance(op, ops.DatabaseTable) else ()

    def _run_pre_execute_hooks(self, expr: ir.Expr) -> None:
        for table in expr.op().find(ops.DatabaseTable):
            self._show(table.name)
        super()._run_pre_execute_hooks(expr)

    def _show(self, name: str) -> None:
        files = self._files.get(name)
        if files is not None and name not in self._shown:
            rows = f"SELECT * FROM {source_of(files)}"  # noqa: S608
            self.con.execute(f"CREATE TEMP VIEW {name} AS {rows}")
            self._shown.add(name)


def source_of(files: Collection[str]) -> str:
    """The rows of some files, as an expression of SQL."""
    # The names of our own files; nothing that anybody wrote comes here.
    return f"read_parquet([{_listed(files)}], union_by_name = true)"


def open_files(backend: FileBackend, files: Collection[str], known: pa.Schema) -> ir.Table:
    """The rows of some files, with those of the known columns that any of the files has."""
    there = _columns_of(backend, files)
    columns = [field for field in known if any(field.name in some for some in there.values())]
    return backend.add_files(files, _schema_of(pa.schema(columns)))


@lru_cache(maxsize=256)
def _schema_of(columns: pa.Schema) -> ibis.Schema:
    return ibis.Schema.from_pyarrow(columns)


def _columns_of(backend: FileBackend, files: Collection[str]) -> Mapping[str, frozenset[str]]:
    """By file, which columns it has."""
    with _lock:
        found = {file: _columns[file] for file in files if file in _columns}
    unread = [file for file in files if file not in found]
    if unread:
        read = _read_columns(backend, unread)
        found |= read
        with _lock:
            _columns.update(read)
            while len(_columns) > MOST_FILES:
                del _columns[next(iter(_columns))]
    return found


def is_small(file: str) -> bool:
    """Whether to read all of a file costs as little as to open it. Raises OSError."""
    return os.stat(file).st_size <= SMALL_BYTES


def open_small(file: str) -> pq.ParquetFile:
    """A small file, read at once: Arrow would have another thread read its rows, and wait. Raises
    OSError and ArrowException."""
    read, told = _read_small(file, os.stat(file).st_mtime_ns)
    return pq.ParquetFile(pa.BufferReader(read), metadata=told)


# Whoever asks for the columns of a file mostly asks for its rows next. One that was damaged
# meanwhile is another one.
@lru_cache(maxsize=SMALL_FILES)
def _read_small(file: str, written: int) -> tuple[bytes, pq.FileMetaData]:
    with open(file, "rb") as opened:
        read = opened.read()
    return read, pq.read_metadata(pa.BufferReader(read))


def _names_in(file: str) -> list[str]:
    schema = open_small(file).schema_arrow if is_small(file) else pq.read_schema(file)
    return list(schema.names)


def _read_columns(backend: FileBackend, files: Collection[str]) -> dict[str, frozenset[str]]:
    try:
        return {file: frozenset(_names_in(file)) for file in files}
    except (OSError, pa.ArrowException):
        # Whoever reads the rows next says better what is wrong with a file.
        backend.con.execute(f"SELECT * FROM {source_of(files)} LIMIT 0")  # noqa: S608
        raise


def _listed(files: Collection[str]) -> str:
    return ", ".join(map(_quoted, files))


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
