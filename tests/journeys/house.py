"""The whole product on this machine, as `make run` starts it: pages, queue, worker and timetable.

Used by the journeys in a browser and by `make screenshots`. The demo workspace is built once."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError

import psutil

ROOT = Path(__file__).parents[2]
# What a test run or a shell may have set; the house decides for itself.
NOT_INHERITED = ("DJANGO_SETTINGS_MODULE", "DATABASE_URL", "REDIS_URL", "WAREHOUSE_URL")
# Building the demo workspace takes minutes where others work beside it.
READY_SECONDS = 480
PASSWORD = "fieldnote-demo"  # noqa: S105 (printed by make run)


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """A running product: its address, and where it keeps everything."""

    address: str
    data_dir: Path
    environment: dict[str, str]

    def manage(self, *arguments: str) -> str:
        """Run a command in the same workspace and return what it printed."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=True,
            timeout=120,
        )
        return done.stdout


@contextmanager
def running_house(data_dir: Path) -> Iterator[House]:
    """The product with the demo workspace in `data_dir`, ready; ended with all its processes."""
    port = _free_port()
    outer = {name: value for name, value in os.environ.items() if name not in NOT_INHERITED}
    environment = {
        **outer,
        "DATA_DIR": str(data_dir),
        "PORT": str(port),
        "DJANGO_SETTINGS_MODULE": "config.settings.dev",
    }
    data_dir.mkdir(parents=True, exist_ok=True)
    with (data_dir / "house.log").open("wb") as log:
        launcher = subprocess.Popen(
            [sys.executable, "-m", "config.launch"],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        _wait_until_ready(launcher, port, data_dir / "house.log")
        address = f"http://localhost:{port}"
        yield House(address=address, data_dir=data_dir, environment=environment)
    finally:
        _end(launcher)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _wait_until_ready(launcher: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline and launcher.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2) as answer:
                if json.load(answer)["ready"] is True:
                    return
        except (URLError, OSError):
            time.sleep(0.2)
    raise RuntimeError(f"The product did not get ready:\n{log.read_text()[-4000:]}")


def _end(launcher: subprocess.Popen[bytes]) -> None:
    family = []
    if psutil.pid_exists(launcher.pid):
        family = psutil.Process(launcher.pid).children(recursive=True)
    launcher.send_signal(signal.SIGTERM)
    try:
        launcher.wait(timeout=20)
    finally:
        for process in family:
            if process.is_running():
                process.kill()
