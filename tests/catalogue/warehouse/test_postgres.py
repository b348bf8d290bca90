"""PostgreSQL as a back end that is only read, on a real server."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

import ibis
import psycopg
import pyarrow as pa
import pytest

from catalogue.warehouse.postgres import ReadingBackend

ENDS = datetime.min, datetime.max  # noqa: DTZ901 (naive UTC)
INSTANT = datetime(2026, 3, 18, 12, 0, 0, 1)  # noqa: DTZ001 (naive UTC)
EVERYTHING = pa.table(
    {
        "text": pa.array(["", None, "NULL", 'a "b" \\ {c},', "new\nline\ttab", "é %s ✓ '"]),
        "number": pa.array([0.1, None, 1e300, -5e-324, 0.0, 9007199254740992.0]),
        "boolean": pa.array([True, None, False, True, False, True]),
        "instant": pa.array(
            [ENDS[0], None, ENDS[1], *[INSTANT] * 3],
            pa.timestamp("us"),
        ),
        "money": pa.array(
            [Decimal("0.000001"), None, *[Decimal("99999999999999999999999999999999.999999")] * 4],
            pa.decimal128(38, 6),
        ),
        "ordinal": pa.array([0, None, 2**31 - 1, -1, 4, 5], pa.int32()),
    }
)


@pytest.fixture
def backend(postgres: str) -> Iterator[ReadingBackend]:
    options = "-c default_transaction_read_only=on"
    with psycopg.connect(postgres, autocommit=True, options=options) as connection:
        yield ReadingBackend.from_connection(connection)


def test_whatever_is_sent_comes_back_the_same(backend: ReadingBackend) -> None:
    assert backend.to_pyarrow(ibis.memtable(EVERYTHING)) == EVERYTHING


def test_a_table_without_rows_keeps_its_columns(backend: ReadingBackend) -> None:
    table = ibis.memtable(EVERYTHING)
    none = backend.to_pyarrow(table.filter(table.ordinal == 77))
    assert none == EVERYTHING.slice(0, 0)


def test_one_column_of_nulls_and_empty_texts_keeps_both(backend: ReadingBackend) -> None:
    rows = pa.table({"text": pa.array([None, "", None])})
    assert backend.to_pyarrow(ibis.memtable(rows)) == rows


def test_text_that_ends_a_literal_stays_text(backend: ReadingBackend) -> None:
    rows = pa.table({"text": ["'; DROP TABLE x; --", '"}', "\\'"]})
    table = ibis.memtable(rows)
    assert backend.to_pyarrow(table.filter(table.text.isin(rows["text"].to_pylist()))) == rows
