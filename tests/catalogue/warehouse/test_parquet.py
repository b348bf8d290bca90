"""Files as tables: their columns are known, and views are made for those that Ibis reads."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from catalogue.warehouse.connection import fetch, open_connection, twin_of
from catalogue.warehouse.parquet import FileBackend, open_files, source_of

KNOWN = pa.schema({"ordinal": pa.int32(), "a": pa.float64(), "b": pa.string(), "c": pa.int64()})


@pytest.fixture
def lake(tmp_path: Path) -> FileBackend:
    return open_connection(lake=tmp_path)


def write(folder: Path, name: str, **columns: list[object]) -> str:
    place = folder / name
    schema = pa.schema([KNOWN.field(column) for column in columns])
    pq.write_table(pa.table(columns, schema=schema), place)
    return str(place)


def views(backend: FileBackend) -> list[str]:
    found = backend.con.execute(
        "SELECT view_name FROM duckdb_views() WHERE NOT internal"
    ).fetchall()
    return [name for (name,) in found]


def test_a_table_has_the_columns_that_any_of_its_files_has(
    lake: FileBackend, tmp_path: Path
) -> None:
    one = write(tmp_path, "one.parquet", ordinal=[1, 2], a=[0.5, None])
    other = write(tmp_path, "other.parquet", ordinal=[3], b=["x"])
    table = open_files(lake, [one, other], KNOWN)
    assert table.columns == ("ordinal", "a", "b")
    rows = fetch(lake, table.order_by("ordinal"))
    assert rows.to_pydict() == {
        "ordinal": [1, 2, 3],
        "a": [0.5, None, None],
        "b": [None, None, "x"],
    }


def test_a_view_is_made_when_ibis_reads_a_table_and_not_before(
    lake: FileBackend, tmp_path: Path
) -> None:
    table = open_files(lake, [write(tmp_path, "it's.parquet", ordinal=[4])], KNOWN)
    assert views(lake) == []
    for _ in range(2):
        assert fetch(lake, table.filter(table.ordinal > 3))["ordinal"].to_pylist() == [4]
    assert views(lake) == [table.get_name()]
    assert table.ordinal.max().to_pyarrow().as_py() == 4


def test_another_connection_has_tables_of_its_own(lake: FileBackend, tmp_path: Path) -> None:
    file = write(tmp_path, "one.parquet", ordinal=[4])
    table, twin = open_files(lake, [file], KNOWN), twin_of(lake)
    assert lake.files_of(table) == (file,)
    assert twin.files_of(table) == ()
    mine = open_files(twin, [file], KNOWN)
    assert fetch(twin, mine).num_rows == 1


def test_the_files_of_a_table_are_an_expression_too(lake: FileBackend, tmp_path: Path) -> None:
    files = [write(tmp_path, f"{n}'.parquet", ordinal=[n]) for n in (1, 2)]
    found = lake.con.execute(f"SELECT sum(ordinal) FROM {source_of(files)}").fetchone()
    assert found == (3,)


def test_a_file_that_is_gone_is_told_by_the_back_end(lake: FileBackend, tmp_path: Path) -> None:
    with pytest.raises(duckdb.IOException, match="gone"):
        open_files(lake, [str(tmp_path / "gone.parquet")], KNOWN)
    read_before = write(tmp_path, "going.parquet", ordinal=[1])
    open_files(lake, [read_before], KNOWN)
    Path(read_before).unlink()
    with pytest.raises(duckdb.IOException, match="going"):
        fetch(lake, open_files(lake, [read_before], KNOWN))
