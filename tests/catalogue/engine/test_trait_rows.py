"""Of everybody the newest change of a trait, whatever files they lie in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from catalogue.engine import plain_traits
from catalogue.engine.conditions.traits import TraitCondition
from catalogue.engine.conditions.values import equal_to
from catalogue.engine.trait_rows import trait_rows
from catalogue.warehouse.connection import open_connection
from catalogue.warehouse.parquet import open_files
from catalogue.warehouse.tables import TraitChanges, ValueColumns

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
SCHEMA = pa.schema(
    {"ordinal": pa.int32(), "at": pa.timestamp("us"), "sequence": pa.int64(), "text": pa.string()}
)
IS_PRO = TraitCondition(path=("plan",), test=equal_to(["pro"]))
# Ordinal, hours after noon, sequence, what was said.
Said = tuple[int, int, int, str | None]
EARLY: list[Said] = [(2, -3, 0, "pro"), (0, -3, 1, "free"), (1, -3, 2, "pro")]
TWICE: list[Said] = [(0, -2, 3, "pro"), (1, -2, 4, "pro"), (1, -2, 5, None), (0, -9, 6, "free")]
TO_COME: list[Said] = [(2, 1, 7, "free")]


class Near:
    """Of Tables what is looked at."""

    has_near_rows = True

    def __init__(self, folder: Path) -> None:
        self.folder, self.connection = folder, open_connection(lake=folder)

    def changes(self, *files: list[Said]) -> TraitChanges:
        places = []
        for number, rows in enumerate(files):
            said = [
                {"ordinal": o, "at": (NOON + timedelta(hours=h)).replace(tzinfo=None)}
                | {"sequence": s, "text": value}
                for o, h, s, value in rows
            ]
            places.append(str(self.folder / f"{number}.parquet"))
            pq.write_table(pa.Table.from_pylist(said, schema=SCHEMA), places[-1])
        table = open_files(self.connection, places, SCHEMA)
        return TraitChanges(table=table, value=ValueColumns(text=table.text))


@pytest.mark.parametrize("is_read_here", [False, True])
@pytest.mark.parametrize("with_changes", [False, True])
@pytest.mark.parametrize(
    ("files", "pros", "read"),
    [
        ([sorted(EARLY)], {1, 2}, 3),
        ([EARLY], {1, 2}, 3),
        ([EARLY + TWICE], {0, 2}, 7),
        ([EARLY, TWICE], {0, 2}, 7),
        ([EARLY + TO_COME], {1, 2}, 3),
        ([EARLY, TO_COME], {1, 2}, 3),
        ([TO_COME], set(), 0),
    ],
)
def test_the_newest_change_of_everybody_counts(
    files: list[list[Said]],
    pros: set[int],
    read: int,
    with_changes: bool,
    is_read_here: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    near = Near(tmp_path)
    if not is_read_here:
        monkeypatch.setattr(plain_traits, "MOST_ROWS", -1)
    for _ in range(2):
        changes = near.changes(*files)
        rows = trait_rows(changes, [IS_PRO], near, NOON, with_changes=with_changes)
        assert set(rows.ordinals[rows.holds(IS_PRO)].tolist()) == pros
        assert len(set(rows.ordinals.tolist())) == len(rows.ordinals)
        assert rows.read == read
        if with_changes:
            assert len(rows.at) == len(rows.sequence) == len(rows.ordinals)
