"""The private Mailman of demonstrations and tests leaves nothing running."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.xdist_group("mailman")
ROOT = Path(__file__).parents[4]
PARENT = """
import pathlib, sys, time
from integrations.connectors.mailman.local_server import running_mailman
folder = pathlib.Path(sys.argv[1])
with running_mailman(folder, environment=pathlib.Path(".venv-mailman")):
    print("up", flush=True)
    time.sleep(sys.maxsize if sys.argv[2] == "wait" else 0)
"""


def started(folder: Path, how: str) -> subprocess.Popen[str]:
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(folder), how],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert parent.stdout is not None
    assert parent.stdout.readline() == "up\n"
    return parent


def processes_of(folder: Path) -> list[int]:
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes()
        except OSError:
            continue
        if f"{folder}/mailman.cfg".encode() in words:
            found.append(int(process.name))
    return found


def wait_until_gone(folder: Path) -> None:
    ends_at = time.monotonic() + 15
    while processes_of(folder):
        assert time.monotonic() < ends_at, "a Mailman is left running"
        time.sleep(0.05)


def test_nothing_runs_after_the_block(tmp_path: Path) -> None:
    assert started(tmp_path, "go on").wait(timeout=60) == 0
    wait_until_gone(tmp_path)


def test_nothing_runs_after_its_parent_was_killed(tmp_path: Path) -> None:
    parent = started(tmp_path, "wait")
    assert processes_of(tmp_path)
    parent.send_signal(signal.SIGKILL)
    parent.wait(timeout=60)
    wait_until_gone(tmp_path)
