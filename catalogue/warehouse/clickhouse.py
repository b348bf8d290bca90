"""ClickHouse as a back end that is only read: what Ibis compiles, with tables of ours written into
the query. Whoever runs the query is passed in: a server over HTTP, or one in this process.

ClickHouse counts instants in microseconds over all years of ours; only its functions on dates know
fewer years, and none of them is used.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import ibis.expr.datatypes as dt
import ibis.expr.operations as ops
import ibis.expr.schema as sch
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.csv
import sqlglot as sg
import sqlglot.expressions as sge
from ibis.backends.sql.compilers.clickhouse import ClickHouseCompiler

# Joins and aggregates without a row give null, as everywhere else, not zero or 1970.
SETTINGS: Mapping[str, str] = {
    "join_use_nulls": "1",
    "aggregate_functions_null_for_empty": "1",
    "precise_float_parsing": "1",
    "max_query_size": "1000000000",
    "output_format_arrow_string_as_string": "1",
    "session_timezone": "'UTC'",
}
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class ReadingCompiler(ClickHouseCompiler):
    """Tables of ours become CSV in the text of the query, instants their microseconds."""

    __slots__ = ()

    # `uniq`, which Ibis asks for, only estimates.
    SIMPLE_OPS = {ops.CountDistinct: "uniqExact"}

    def visit_InMemoryTable(  # noqa: N802 (named by Ibis)
        self, op: ops.InMemoryTable, *, name: str, schema: sch.Schema, data: Any
    ) -> sge.Expression:
        """The rows, as a table that is read from a text."""
        rows = data.to_pyarrow(schema)
        columns = ", ".join(f"`{column}` {self._sent_as(kind)}" for column, kind in schema.items())
        read = self.f.anon.format(
            sg.to_identifier("CSV"), sge.convert(columns), sge.convert(_csv(rows))
        )
        return sg.select(*map(self._received, schema, schema.types)).from_(read)

    def _sent_as(self, kind: dt.DataType) -> str:
        sent = dt.int64 if kind.is_timestamp() else kind
        return str(self.type_mapper.to_string(sent(nullable=True)))

    def _received(self, column: str, kind: dt.DataType) -> sge.Expression:
        found = sg.column(column, quoted=True)
        return self._instant(found).as_(column, quoted=True) if kind.is_timestamp() else found

    def _instant(self, microseconds: Any) -> Any:
        return self.f.anon.fromUnixTimestamp64Micro(microseconds)

    def visit_NonNullLiteral(  # noqa: N802 (named by Ibis)
        self, op: ops.Literal, *, value: Any, dtype: dt.DataType
    ) -> Any:
        """A literal; the one for an instant is exact in every year."""
        if not dtype.is_timestamp():
            return super().visit_NonNullLiteral(op, value=value, dtype=dtype)
        since = value.replace(tzinfo=UTC) - EPOCH
        micros = (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds
        return self._instant(self.f.toInt64(sge.convert(str(micros))))

    def visit_Cast(  # noqa: N802 (named by Ibis)
        self, op: ops.Cast, *, arg: Any, to: dt.DataType
    ) -> Any:
        """A cast; from text to a decimal half away from zero, where ClickHouse cuts off."""
        if to.is_decimal() and op.arg.dtype.is_string():
            one_more = dt.Decimal(to.precision, to.scale + 1, nullable=to.nullable)
            return self.cast(self.f.round(self.cast(arg, one_more), to.scale), to)
        return super().visit_Cast(op, arg=arg, to=to)


def _csv(rows: pa.Table) -> str:
    sent = [
        column.cast(pa.int64()) if pa.types.is_timestamp(column.type) else column
        for column in rows.columns
    ]
    sink = io.BytesIO()
    options = pyarrow.csv.WriteOptions(include_header=False)
    pyarrow.csv.write_csv(pa.table(sent, names=rows.column_names), sink, options)
    return sink.getvalue().decode()


class ReadingClickHouse:
    """What the engine needs of an Ibis back end: `compile` and `to_pyarrow`."""

    name = "clickhouse"
    compiler = ReadingCompiler()

    def __init__(self, run: Callable[[str], pa.Table]) -> None:
        self._run = run

    def compile(self, expr: ir.Expr) -> str:
        """The query as ClickHouse reads it."""
        settings = ", ".join(f"{name} = {value}" for name, value in SETTINGS.items())
        query = self.compiler.to_sqlglot(expr.as_table()).sql(dialect=self.compiler.dialect)
        return f"{query} SETTINGS {settings}"

    def to_pyarrow(self, expr: ir.Expr) -> pa.Table:
        """All rows of a query."""
        schema = expr.as_table().schema().to_pyarrow()
        return _naive(self._run(self.compile(expr))).cast(schema)


def _naive(rows: pa.Table) -> pa.Table:
    """The rows with instants as naive UTC."""
    zoned = [
        column.cast(pa.timestamp("us")) if pa.types.is_timestamp(column.type) else column
        for column in rows.columns
    ]
    return pa.table(zoned, names=rows.column_names)
