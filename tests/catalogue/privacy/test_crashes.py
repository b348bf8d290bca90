"""An erasure that dies, wherever it dies, goes on there and leaves no trace of the person."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.long]
STEPS = {"suppression", "exports", "texts", "lake", "members", "rows", "files", "photos", "ids"}


def test_an_erasure_killed_at_any_step_is_finished_by_the_next(child_env: dict[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.catalogue.privacy.crash_loop"],
        env=child_env,
        capture_output=True,
        text=True,
        timeout=1_500,
    )
    looks = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(looks) > 20, done.stderr[-3000:]
    for number, look in enumerate(looks):
        assert look["ended"] == (0 if number == len(looks) - 1 else -9), done.stderr[-3000:]
        assert (look["state"], look["rows"], look["files"], look["open"]) == ("done", 0, 0, 0), look
        assert set(look["steps"]) == STEPS
        assert look["neighbours"] > 0
