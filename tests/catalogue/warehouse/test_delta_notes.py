"""What is noted of a version is that of the version, whichever was read before."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import permutations
from pathlib import Path

import pyarrow as pa
import pytest
from deltalake import DeltaTable, write_deltalake

from catalogue.warehouse.delta_notes import noted

VERSIONS = range(4)


def grow(folder: Path) -> None:
    """A table of which each version has one file more, and the last one a column more."""
    for version in VERSIONS:
        at = datetime(2026, 5, 1, tzinfo=UTC) + timedelta(days=version)
        rows = pa.table({"at": pa.array([at], pa.timestamp("us", tz="UTC"))})
        if version == VERSIONS[-1]:
            rows = rows.append_column("number", pa.array([1.0]))
        write_deltalake(folder, rows, mode="append", schema_mode="merge")


@pytest.mark.parametrize("order", list(permutations(VERSIONS)))
def test_each_version_has_its_own_files_and_columns(tmp_path: Path, order: list[int]) -> None:
    grow(tmp_path)
    for version in order:
        found = noted(tmp_path, version)
        uris = DeltaTable(tmp_path, version=version).file_uris()
        assert {Path(one).name for one in found.pieces} == {Path(uri).name for uri in uris}
        assert len(found.pieces) == version + 1
        assert found.schema.names == ["at", "number"][: 2 if version == 3 else 1]
