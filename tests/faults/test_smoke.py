"""Some three hundred faults over all connectors, as part of `make test-more`."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults.tally import OPPORTUNITIES, ZEROS

ROOT = Path(__file__).parents[2]


@pytest.mark.faults
def test_under_faults_nobody_is_lost_doubled_or_sent_against_their_wish() -> None:
    command = [sys.executable, "-m", "tests.faults", "--smoke", "--seed", "20261127"]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False)
    print(done.stdout)

    summary = json.loads(done.stdout.splitlines()[-1])

    assert {name: summary[name] for name in ZEROS} == dict.fromkeys(ZEROS, 0), done.stdout
    assert summary["faults"] >= 300
    assert all(summary["opportunities"][name] for name in OPPORTUNITIES), "zeros mean nothing else"
    assert done.returncode == 0
