"""What a commit adds is read as the library reads it, or not at all."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
from deltalake import DeltaTable, write_deltalake

from catalogue.warehouse.delta_commits import added_by
from catalogue.warehouse.delta_notes import noted

NOON = datetime(2026, 5, 1, 12, 0, 0, 123_456, tzinfo=UTC).replace(tzinfo=None)


def append(folder: Path, *instants: datetime | None) -> None:
    rows = pa.table({"at": pa.array(instants, pa.timestamp("us")), "n": pa.nulls(len(instants))})
    write_deltalake(
        folder, rows.cast(pa.schema({"at": pa.timestamp("us"), "n": pa.int64()})), mode="append"
    )


def test_it_says_of_a_file_what_the_library_says(tmp_path: Path) -> None:
    append(tmp_path, NOON)
    append(tmp_path, NOON, NOON + timedelta(hours=1))
    ((path, piece),) = (added_by(tmp_path, 1) or {}).items()
    known = pa.table(DeltaTable(tmp_path).get_add_actions(flatten=True))
    mine = known.filter(pc.equal(known["path"], Path(path).name)).to_pylist()[0]
    assert Path(path).parent == tmp_path
    assert (piece.size, piece.rows) == (mine["size_bytes"], mine["num_records"])
    assert piece.rows == 2
    assert piece.newest is not None
    assert piece.newest >= NOON + timedelta(hours=1)
    assert piece.newest - NOON <= timedelta(hours=1, milliseconds=1)


def test_a_table_read_on_is_noted_as_one_that_is_read_anew(tmp_path: Path) -> None:
    for hours in range(4):
        append(tmp_path, NOON + timedelta(hours=hours))
    read_on = [noted(tmp_path, version) for version in range(4)]
    noted.cache_clear()
    backwards = [noted(tmp_path, version) for version in reversed(range(4))]
    assert [one.pieces for one in read_on] == [one.pieces for one in reversed(backwards)]
    assert [one.schema for one in read_on] == [one.schema for one in reversed(backwards)]


def test_a_file_whose_times_are_not_known_may_hold_any(tmp_path: Path) -> None:
    append(tmp_path, NOON)
    append(tmp_path, None)
    assert [piece.newest for piece in (added_by(tmp_path, 1) or {}).values()] == [None]


def test_whatever_does_more_than_add_is_left_to_the_library(tmp_path: Path) -> None:
    append(tmp_path, NOON)
    append(tmp_path, NOON + timedelta(hours=1))
    DeltaTable(tmp_path).restore(0)
    assert added_by(tmp_path, 0) is None  # it says which columns there are
    assert added_by(tmp_path, 2) is None  # it takes a file out
    assert added_by(tmp_path, 3) is None  # there is none
    assert [len(noted(tmp_path, version).pieces) for version in (0, 1, 2)] == [1, 2, 1]


def test_a_commit_that_cannot_be_read_is_left_to_the_library(tmp_path: Path) -> None:
    append(tmp_path, NOON)
    append(tmp_path, NOON)
    commit = tmp_path / "_delta_log" / f"{1:020}.json"
    whole = commit.read_text()
    for damaged in (
        whole.replace("numRecords", "records"),
        whole[:-40],
        whole.partition("\n")[0],
        "[]",
        "null",
        "",
    ):
        commit.write_text(damaged)
        assert added_by(tmp_path, 1) is None


def test_instants_with_a_zone_are_read_as_utc(tmp_path: Path) -> None:
    for hour in (12, 13):
        at = datetime(2026, 5, 1, hour, tzinfo=UTC)
        rows = pa.table({"at": pa.array([at], pa.timestamp("us", tz="UTC"))})
        write_deltalake(tmp_path, rows, mode="append")
    (piece,) = (added_by(tmp_path, 1) or {}).values()
    one_o_clock = NOON.replace(hour=13, microsecond=0)
    assert piece.newest == one_o_clock + timedelta(milliseconds=1)
