"""`make demo QUICK=1`, as somebody at a shell runs it."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.xdist_group("cdnow")
def test_the_quick_demo_prints_one_table_and_leaves_nothing_behind(tmp_path: Path) -> None:
    taken = {"DJANGO_SETTINGS_MODULE", "DATABASE_URL", "MAKEFLAGS", "MFLAGS", "MAKELEVEL"}
    environment = {name: value for name, value in os.environ.items() if name not in taken}
    done = subprocess.run(
        ["make", "demo", "QUICK=1"],
        cwd=ROOT,
        env=environment | {"TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    head, *rows = done.stdout.splitlines()
    assert head.split() == [
        *("segment", "size", "entered", "left", "milliseconds", "destination", "held", "drift"),
    ]
    assert len(rows) == 6
    for row in rows:
        _, size, _, _, _, destination, held, drift = row.split()
        assert (held, drift, destination) == (size, "0", "drop")
    assert not list(tmp_path.iterdir())
