"""Statements are compiled once for the same columns and question, and never kept where they depend
on more."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from catalogue.definitions.windows import EARLIEST, LATEST, Interval
from catalogue.engine.conditions.bench import Bench, among
from catalogue.engine.statements import Bound, compiled, statement, within
from catalogue.warehouse.connection import open_connection, shared_connection
from catalogue.warehouse.parquet import FileBackend, open_files

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
KNOWN = pa.schema({"at": pa.timestamp("us"), "text": pa.string(), "more": pa.string()})


@pytest.fixture
def lake(tmp_path: Path) -> FileBackend:
    return open_connection(lake=tmp_path)


def hours(folder: Path, name: str, *some: int, **more: list[str]) -> str:
    """A file with a row at each of these hours after noon."""
    rows = {"at": [(NOON + hour * HOUR).replace(tzinfo=None) for hour in some]}
    rows |= {"text": [f"{hour}" for hour in some]} | more
    schema = pa.schema([KNOWN.field(name) for name in rows])
    pq.write_table(pa.table(rows, schema=schema), folder / name)
    return str(folder / name)


class Asking:
    """Texts of rows, by a statement; `written`: how often it was compiled."""

    def __init__(self, lake: FileBackend) -> None:
        self.lake, self.written = lake, 0

    def texts(self, bounds: list[Bound], *files: str, asked: str = "texts") -> list[str]:
        table = open_files(self.lake, files, KNOWN)

        def write() -> str | None:
            self.written += 1
            return compiled(self.lake, lambda _: table.select(table.text.upper().name("text")))

        text = statement(self.lake, table, (str(id(self)), asked), bounds, write)
        assert text is not None
        return sorted(self.lake.con.sql(text).to_arrow_table()["text"].to_pylist())


def test_only_rows_within_the_bounds_are_read(lake: FileBackend, tmp_path: Path) -> None:
    asking, file = Asking(lake), hours(tmp_path, "one.parquet", 0, 1, 2, 3)
    assert asking.texts([], file) == ["0", "1", "2", "3"]
    window = Interval(start=NOON + HOUR, end=NOON + 3 * HOUR)
    assert asking.texts(within(window), file) == ["1", "2"]
    assert asking.texts([("<=", NOON + 2 * HOUR)], file) == ["0", "1", "2"]
    assert asking.texts(within(Interval(start=EARLIEST, end=LATEST)), file) == [*"0123"]
    assert asking.written == 1


def test_other_files_with_the_same_columns_need_no_other_statement(
    lake: FileBackend, tmp_path: Path
) -> None:
    asking = Asking(lake)
    assert asking.texts([], hours(tmp_path, "one.parquet", 1)) == ["1"]
    two = [hours(tmp_path, "two.parquet", 2), hours(tmp_path, "three'.parquet", 3)]
    assert asking.texts([], *two) == ["2", "3"]
    assert asking.written == 1


def test_other_columns_and_other_questions_do(lake: FileBackend, tmp_path: Path) -> None:
    asking, file = Asking(lake), hours(tmp_path, "one.parquet", 1)
    asking.texts([], file)
    asking.texts([], hours(tmp_path, "more.parquet", 1, more=["x"]))
    asking.texts([], file, asked="others")
    assert asking.written == 3


def test_what_depends_on_the_values_there_are_is_not_kept(
    lake: FileBackend, tmp_path: Path
) -> None:
    table = open_files(lake, [hours(tmp_path, "one.parquet", 1)], KNOWN)

    def looking(bench: Bench) -> ir.Table:
        return table.filter(among(table.text, [str(one) for one in bench.distinct(table.text)]))

    def listed(bench: Bench) -> ir.Table:
        return table.filter(among(table.text, [str(number) for number in range(1000)]))

    assert compiled(lake, looking) is None
    assert compiled(lake, listed) is None
    assert statement(lake, table, "looking", [], lambda: compiled(lake, looking)) is None


def test_rows_that_are_in_no_files_have_no_statement() -> None:
    table = ibis.memtable({"text": ["a"]})
    assert statement(shared_connection(), table, "any", [], lambda: "SELECT 1") is None
