"""DuckDB is locked in before its first query, and says so loudly when it is not."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from catalogue.warehouse.connection import (
    UnlockedError,
    close_standing,
    open_connection,
    open_duckdb,
    probe,
    standing_connection,
)


@pytest.fixture
def lake(tmp_path: Path) -> Path:
    folder = tmp_path / "lake"
    folder.mkdir()
    pq.write_table(pa.table({"n": [1, 2]}), folder / "inside.parquet")
    pq.write_table(pa.table({"n": [3]}), tmp_path / "outside.parquet")
    return folder


def test_files_of_the_lake_can_be_read_and_no_others(lake):
    connection = open_connection(lake=lake).con
    inside = str(lake / "inside.parquet")
    assert connection.execute("SELECT sum(n) FROM read_parquet(?)", [inside]).fetchall() == [(3,)]
    for outside in (lake.parent / "outside.parquet", lake / ".." / "outside.parquet"):
        with pytest.raises(duckdb.PermissionException):
            connection.execute("SELECT * FROM read_parquet(?)", [str(outside)])


def test_without_a_lake_nothing_can_be_read(lake):
    with pytest.raises(duckdb.PermissionException):
        open_connection().con.execute(
            "SELECT * FROM read_parquet(?)", [str(lake / "inside.parquet")]
        )


@pytest.mark.parametrize(
    "statement",
    [
        "SET enable_external_access = true",
        "SET allowed_directories = ['/']",
        "SET memory_limit = '100GB'",
        "SET threads = 64",
        "RESET lock_configuration",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SELECT * FROM '/etc/passwd'",
        "SELECT * FROM read_text('/etc/passwd')",
        "SELECT * FROM glob('/etc/*')",
        "SELECT * FROM read_csv('http://127.0.0.1:9/x')",
        "ATTACH '/tmp/segment-catalogue-attached.duckdb'",
        "COPY (SELECT 1) TO '/tmp/segment-catalogue-copied.csv'",
    ],
)
def test_nothing_leads_out(lake, statement):
    connection = open_connection(lake=lake).con
    with pytest.raises(duckdb.Error):
        connection.execute(statement).fetchall()


def test_variables_of_python_are_not_tables(lake):
    rows = pa.table({"n": [1]})
    with pytest.raises(duckdb.CatalogException):
        open_connection().con.execute("SELECT * FROM rows")
    assert rows.num_rows == 1


def test_threads_and_memory_are_what_was_asked_for():
    settings = "SELECT current_setting('threads'), current_setting('memory_limit')"
    connection = open_connection(threads=1, memory_limit="512MB").con
    assert connection.execute(settings).fetchall() == [(1, "488.2 MiB")]


def test_a_connection_that_can_read_anything_is_refused():
    with pytest.raises(UnlockedError, match="not locked in"):
        probe(duckdb.connect())


def test_a_connection_that_can_only_set_things_is_refused():
    connection = duckdb.connect(config={"enable_external_access": False})
    with pytest.raises(UnlockedError, match="lock_configuration"):
        probe(connection)


def test_a_plain_connection_is_locked_too(lake):
    with open_duckdb(lake) as connection, pytest.raises(duckdb.Error):
        connection.execute("SELECT * FROM read_text('/etc/passwd')")


def test_a_standing_duckdb_is_shared_until_it_is_let_go_of(lake):
    how = {"lake": lake, "memory_limit": "100MB"}
    standing_connection(**how).con.execute("CREATE TABLE mark AS SELECT 1")
    assert standing_connection(**how).con.execute("SELECT * FROM mark").fetchall() == [(1,)]
    close_standing()
    with pytest.raises(duckdb.CatalogException):
        standing_connection(**how).con.execute("SELECT * FROM mark")
