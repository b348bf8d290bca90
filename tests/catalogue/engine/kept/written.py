"""What is remembered, written into a file and read again."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from catalogue.engine.kept.memory import Kept
from catalogue.engine.kept.snapshot import open_snapshot, read_snapshot, write_snapshot
from tests.generative.growing import GrowingTables, State


def again(kept: Kept, now: State, path: Path) -> Kept:
    told = BytesIO()
    write_snapshot(kept, GrowingTables(now), {"of": "these"}, {"more": (1, 2)}, told)
    path.write_bytes(told.getvalue())
    fresh = Kept(1 << 30)
    with path.open("rb") as file:
        beside = read_snapshot(fresh, open_snapshot(file), lambda told: told == {"of": "these"})
    assert beside == {"more": (1, 2)}
    return fresh
