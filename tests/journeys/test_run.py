"""`make run` starts the whole house, and leaves nothing running when stopped."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

ROOT = Path(__file__).parents[2]
SET_BY_PYTEST = ("DJANGO_SETTINGS_MODULE", "DATABASE_URL", "REDIS_URL", "WAREHOUSE_URL")
READY = "The catalogue is ready"
FURNISHED = """
from catalogue.management.demo_workspace.team import seat_team
from catalogue.models import Customer
Customer.objects.create(external_id="c", ordinal=0)
seat_team()
"""


# One worker, so that one workspace is made for all.
pytestmark = pytest.mark.xdist_group("run")
OUTER = {name: value for name, value in os.environ.items() if name not in SET_BY_PYTEST}


@pytest.fixture(scope="module")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data of a workspace with a customer, so that no demo is made, and its logins."""
    data = tmp_path_factory.mktemp("furnished") / "data"
    for arguments in (["migrate", "-v0"], ["shell", "-v0", "-c", FURNISHED]):
        subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env={**OUTER, "DATA_DIR": str(data)},
            check=True,
        )
    return data


@pytest.fixture
def environment(furnished: Path, tmp_path: Path) -> dict[str, str]:
    """A copy of that workspace, and a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    shutil.copytree(furnished, tmp_path / "data")
    return {**OUTER, "DATA_DIR": str(tmp_path / "data"), "PORT": str(port)}


@pytest.fixture
def house(environment: dict[str, str], tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """`make run`, ready. Whatever a failed test leaves is ended by its process id."""
    with (tmp_path / "run.log").open("wb") as log:
        started = subprocess.Popen(
            ["make", "run"],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    family: list[psutil.Process] = []
    try:
        _wait_until_ready(environment["PORT"], tmp_path / "run.log")
        family = _family(started)
        yield started
    finally:
        for process in family or _family(started):
            if process.is_running():
                process.kill()
        started.wait()


def _family(started: subprocess.Popen[bytes]) -> list[psutil.Process]:
    if not psutil.pid_exists(started.pid):
        return []
    make = psutil.Process(started.pid)
    return [*make.children(recursive=True), make]


def _wait_until_ready(port: str, log: Path) -> None:
    """Until the launcher says so: it asks `/readyz` itself, and a moment later than others may."""
    deadline = time.monotonic() + 60
    while READY not in log.read_text():
        if time.monotonic() > deadline:
            pytest.fail(f"not ready after 60 s:\n{log.read_text()}")
        time.sleep(0.2)
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=10) as answer:
        assert json.load(answer)["ready"] is True


def _get(port: str, path: str) -> str:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
        assert answer.status == 200
        return str(answer.read().decode())


def _see_the_front_door(port: str) -> None:
    front = _get(port, "/")
    style = re.search(r'href="(/static/[^"]+\.css)"', front)

    assert style is not None
    assert "light-dark(" in _get(port, style.group(1))
    assert "Sign in" in _get(port, "/login/")


@pytest.mark.parametrize(
    "how",
    [
        "SIGTERM to make",
        # Each starts the whole house once more.
        pytest.param("SIGTERM to the group", marks=pytest.mark.long),
        pytest.param("Ctrl-C", marks=pytest.mark.long),
    ],
)
def test_strangers_find_the_door_and_stopping_ends_every_process_within_ten_seconds(
    house: subprocess.Popen[bytes], environment: dict[str, str], tmp_path: Path, how: str
) -> None:
    _see_the_front_door(environment["PORT"])
    family = _family(house)
    names = " ".join(" ".join(process.cmdline()) for process in family)
    assert all(part in names for part in ("redis-server", "gunicorn", "worker", "beat"))
    sockets = {path for path in Path("/tmp").glob("catalogue-*/redis.sock") if str(path) in names}
    assert len(sockets) == 1

    if how == "SIGTERM to make":
        house.send_signal(signal.SIGTERM)
    else:
        os.killpg(house.pid, signal.SIGTERM if how == "SIGTERM to the group" else signal.SIGINT)
    house.wait(timeout=10)
    _gone, alive = psutil.wait_procs(family, timeout=2)

    assert [process for process in alive if process.status() != psutil.STATUS_ZOMBIE] == []
    assert not any(path.parent.exists() for path in sockets)
    printed = (tmp_path / "run.log").read_text()
    assert READY in printed
    assert "mia@fieldnote.example" in printed


def test_a_port_in_use_is_said_before_anything_starts(environment: dict[str, str]) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        done = subprocess.run(
            [sys.executable, "-m", "config.launch"],
            cwd=ROOT,
            env={**environment, "PORT": str(port)},
            capture_output=True,
            text=True,
        )

    assert done.returncode == 1
    assert done.stderr == (
        f"The environment variable PORT is {port}, which cannot be used: Address already in use. "
        "Try PORT=8001 make run.\n"
    )
