"""The statement that reads columns of events as they are. Most scans ask for no more, and Ibis
takes longer to compile the same than DuckDB to read half a million rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import sqlglot as sg
import sqlglot.expressions as sge
from ibis.expr import operations as ops

from catalogue.definitions.nodes import Path
from catalogue.engine.vectors.asked import Asked
from catalogue.warehouse.tables import EventTable


def plain_statement(source: EventTable, asked: Asked, *, with_times: bool) -> str | None:
    """What `projection` of all rows compiles to, for DuckDB; None where anything is to be worked
    out, which is left to that."""
    table = source.table.op()
    if not asked.is_plain or not isinstance(table, ops.DatabaseTable):
        return None
    names = ["ordinal", "at"] if with_times else ["ordinal"]
    columns = [*map(_column, names), *_numbers(source, asked.props)]
    rows = sg.select(*columns).from_(sg.to_identifier(table.name, quoted=True))
    return rows.sql(dialect="duckdb")


def _numbers(source: EventTable, props: Sequence[Path]) -> Iterator[sge.Expr]:
    for i, (prop,) in enumerate(props):
        number = source.properties[prop].number if prop in source.properties else None
        if number is not None:
            yield _column(number.get_name()).as_(f"v{i}", quoted=True)


def _column(name: str) -> sge.Column:
    return sg.column(name, quoted=True)
