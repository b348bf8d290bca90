"""PostgreSQL as a back end that is only read: what Ibis compiles, with tables of ours written into
the query and answers read as Arrow."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Any

import ibis.expr.operations as ops
import ibis.expr.schema as sch
import ibis.expr.types as ir
import psycopg
import pyarrow as pa
import pyarrow.csv
import sqlglot as sg
import sqlglot.expressions as sge
from ibis.backends.postgres import Backend
from ibis.backends.sql.compilers.postgres import PostgresCompiler

CSV = pyarrow.csv.ParseOptions(newlines_in_values=True, ignore_empty_lines=False)
COPY = "COPY ({query}) TO STDOUT (FORMAT csv)"
# What an element of an array's text must not hold unquoted.
ESCAPED = str.maketrans({"\\": "\\\\", '"': '\\"'})


class ReadingCompiler(PostgresCompiler):
    """Tables of ours become arrays in the text of the query: a connection that may only read can
    make no temporary table."""

    __slots__ = ()

    def visit_InMemoryTable(  # noqa: N802 (named by Ibis)
        self, op: ops.InMemoryTable, *, name: str, schema: sch.Schema, data: Any
    ) -> sge.Expression:
        """The rows, as the columns of arrays that are opened side by side."""
        rows = data.to_pyarrow(schema)
        arrays = [
            sge.cast(sge.Literal.string(_array(rows[column])), f"{self._sql_type(kind)}[]")
            for column, kind in schema.items()
        ]
        columns = [sg.to_identifier(column, quoted=True) for column in schema]
        alias = sge.TableAlias(this=sg.to_identifier("given"), columns=columns)
        opened = sge.Table(this=sge.Anonymous(this="unnest", expressions=arrays), alias=alias)
        return sg.select("*").from_(opened)

    def _sql_type(self, kind: Any) -> str:
        return str(self.type_mapper.to_string(kind))


def _array(column: pa.ChunkedArray) -> str:
    """An array as PostgreSQL reads it from text."""
    quote = _quoted if pa.types.is_string(column.type) else str
    values = ("NULL" if value is None else quote(value) for value in column.to_pylist())
    return "{" + ",".join(values) + "}"


def _quoted(text: str) -> str:
    return f'"{text.translate(ESCAPED)}"'


def is_timeout(error: psycopg.errors.QueryCanceled) -> bool:
    """Whether the server's limit ended the query, and not somebody."""
    return "timeout" in str(error)


class ReadingBackend(Backend):
    """An Ibis back end on one connection to PostgreSQL. Not for use by two threads at once."""

    compiler = ReadingCompiler()

    def interrupt(self) -> None:
        """End what the connection is doing; may be called by another thread."""
        self.con.cancel_safe()

    def _run_pre_execute_hooks(self, expr: ir.Expr) -> None:
        """Nothing is made on the server."""

    def _block(self) -> AbstractContextManager[object]:
        # Inside a transaction: so that a query that fails does not take the others with it.
        is_inside = self.con.info.transaction_status == psycopg.pq.TransactionStatus.INTRANS
        return self.con.transaction() if is_inside else nullcontext()

    def to_pyarrow(self, expr: ir.Expr, /, **how: Any) -> pa.Table:
        """All rows of a query."""
        query = expr.as_table()
        schema = query.schema().to_pyarrow()
        options = pyarrow.csv.ConvertOptions(
            column_types=schema,
            true_values=["t"],
            false_values=["f"],
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
        )
        with (
            self._block(),
            self.con.cursor() as cursor,
            cursor.copy(COPY.format(query=self.compile(query))) as rows,
        ):
            found = pa.BufferReader(b"".join(rows))
        if not found.size():
            return schema.empty_table()
        reading = pyarrow.csv.ReadOptions(column_names=schema.names)
        table: pa.Table = pyarrow.csv.read_csv(found, reading, CSV, options)
        return table
