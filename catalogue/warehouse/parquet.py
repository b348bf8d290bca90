"""Parquet files as tables of the back end. Ibis can open them itself, but asks DuckDB for much that
is known already; a refresh opens dozens."""

from __future__ import annotations

from collections.abc import Collection
from itertools import count

import ibis
import ibis.expr.types as ir
import pyarrow as pa
from ibis.backends.duckdb import Backend
from ibis.expr import operations as ops

_numbers = count()


def open_files(backend: Backend, files: Collection[str], known: pa.Schema) -> ir.Table:
    """The rows of some files, with those of the known columns that any of the files has."""
    name = f"files_{next(_numbers)}"
    listed = ", ".join(_quoted(file) for file in files)
    # The names of our own files; nothing that anybody wrote comes here.
    source = f"SELECT * FROM read_parquet([{listed}], union_by_name = true)"  # noqa: S608
    backend.con.execute(f"CREATE TEMP VIEW {name} AS {source}")
    described = backend.con.execute(f"DESCRIBE {name}").fetchall()
    columns = [known.field(row[0]) for row in described]
    return ops.DatabaseTable(
        name=name,
        schema=ibis.Schema.from_pyarrow(pa.schema(columns)),
        source=backend,
        namespace=ops.Namespace(),
    ).to_expr()


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
