"""Everybody who is measured beside the product finds the same members as the product."""

from __future__ import annotations

from pathlib import Path

import duckdb
import numpy as np
import pytest

from tests.benchmarks.ground import duckdb_contestant, postgres_contestant
from tests.benchmarks.ground.contestant import Contestant, different, read_members
from tests.benchmarks.ground.pandas_contestant import Pandas
from tests.benchmarks.ground.runner import Runner
from tests.benchmarks.ground.segments import HUNDRED
from tests.benchmarks_ground.conftest import SCALE, Judged

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("ground")]


def disagreements(contestant: Contestant, judged: Judged, count: int = HUNDRED) -> list[str]:
    some = dict(list(judged.members.items())[:count])
    found = contestant.members(count)
    assert list(found) == list(some)
    return different(some, found)


def test_most_segments_have_members_and_not_everybody(judged: Judged) -> None:
    sizes = [len(members) for members in judged.members.values()]
    assert len(sizes) == HUNDRED
    assert sum(0 < size < SCALE.customers * 0.9 for size in sizes) > 70


def test_duckdb_on_a_table_of_its_own(judged: Judged) -> None:
    assert disagreements(duckdb_contestant.own_table(judged.files), judged) == []


def test_duckdb_on_a_table_with_numbers_instead_of_ids(judged: Judged) -> None:
    contestant = duckdb_contestant.numbered_table(judged.files)
    assert disagreements(contestant, judged, count=40) == []


def test_a_table_of_its_own_has_the_types_of_a_warehouse(judged: Judged) -> None:
    duckdb_contestant.own_table(judged.files)
    with duckdb.connect(str(judged.files.folder.parent / "own.duckdb"), read_only=True) as found:
        described = found.sql("describe events").fetchall()
    assert [(name, kind) for name, kind, *_ in described] == [
        ("customer", "VARCHAR"),
        ("event", "VARCHAR"),
        ("moment", "TIMESTAMP"),
        ("amount", "DECIMAL(18,2)"),
        ("item", "VARCHAR"),
    ]


def test_duckdb_on_the_files_of_the_product(judged: Judged) -> None:
    contestant = duckdb_contestant.on_lake(judged.files, judged.lake)
    assert disagreements(contestant, judged, count=40) == []


def test_pandas(judged: Judged) -> None:
    assert disagreements(Pandas(judged.files), judged) == []


def test_postgres(judged: Judged, postgres: str) -> None:
    assert disagreements(postgres_contestant.statements(postgres, judged.files), judged) == []


@pytest.mark.long
def test_clickhouse_in_a_process_of_its_own(judged: Judged, tmp_path: Path) -> None:
    path = tmp_path / "found.npz"
    with Runner("clickhouse", SCALE, judged.files.folder.parents[1]) as clickhouse:
        for table in ("", "numbered_", "lake_"):
            clickhouse.ask(f"{table}members", count=HUNDRED, path=str(path))
            assert different(judged.members, read_members(path)) == []


def test_other_members_are_told_with_both_numbers(judged: Judged) -> None:
    key, members = next(item for item in judged.members.items() if len(item[1]) > 1)
    fewer = judged.members | {key: members[1:]}
    found = different(judged.members, fewer)
    assert found == [f"{key}: {len(members)} members here, {len(members) - 1} there"]
    as_many = judged.members | {key: np.append(members[1:], SCALE.customers)}
    assert len(different(judged.members, as_many)) == 1
