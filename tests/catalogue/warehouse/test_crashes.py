"""A load that dies, wherever it dies, has either happened or not."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

pytestmark = [pytest.mark.both_databases, pytest.mark.django_db(transaction=True)]
# What one load of each kind adds to each count.
ADDS = {
    "customers": {
        "loads": 1,
        "customers": 2,
        "population": 2,
        "counter": 2,
        "accounts": 2,
        "said events": 0,
        "rows of plan": 2,
        "rows of seats": 2,
    },
    "events": {
        "loads": 1,
        "customers": 2,
        "population": 2,
        "counter": 2,
        "accounts": 0,
        "said events": 2,
        "rows of one": 1,
        "rows of two": 1,
        "rows of plan": 0,
        "rows of seats": 0,
    },
}


@pytest.mark.parametrize("kind", [pytest.param("customers", marks=pytest.mark.long), "events"])
def test_a_load_killed_at_any_step_has_happened_or_not(
    kind: str, child_env: dict[str, str]
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.catalogue.warehouse.crash_loop", kind],
        env=child_env,
        capture_output=True,
        text=True,
        timeout=300,
    )
    looks = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(looks) > 10, done.stderr[-3000:]
    before = 0
    for number, look in enumerate(looks):
        ended = look.pop("ended")
        assert ended == (0 if number in (0, len(looks) - 1) else -9), done.stderr[-3000:]
        loads = look["loads"]
        assert loads in (before, before + 1)
        assert look == {name: loads * added for name, added in ADDS[kind].items()}
        before = loads
    # Killed after the commit, a load has happened; before it, it has not. Both were seen.
    assert 3 <= before < len(looks)
