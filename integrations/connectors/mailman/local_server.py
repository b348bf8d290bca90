"""A private GNU Mailman for demonstrations and tests: on loopback, in a folder of its own, without
mail. It runs from its own virtual environment (`.venv-mailman`), never from ours."""

from __future__ import annotations

import base64
import ctypes
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

# Mailman's own start takes up to 20 s on a busy machine.
START_SECONDS = 90.0
STOP_SECONDS = 10.0
_PR_SET_PDEATHSIG = 1
_CONFIG = """\
[mailman]
site_owner: nobody@example.invalid
layout: here
[paths.here]
var_dir: {var}
queue_dir: {var}/queue
[mta]
incoming: mailman.mta.null.NullMTA
[webservice]
hostname: 127.0.0.1
port: {port}
admin_user: restadmin
admin_pass: {password}
workers: 1
[database]
class: mailman.database.sqlite.SQLiteDatabase
url: sqlite:///{var}/mailman.db
"""


class MailmanDidNotStart(Exception):
    """It did not answer in time; the message holds the end of its log."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalMailman:
    """Where a running one answers, and how to be let in."""

    url: str
    password: str = field(repr=False)
    user: str = "restadmin"


@contextmanager
def running_mailman(folder: Path, *, environment: Path) -> Iterator[LocalMailman]:
    """A Mailman that lives as long as the block. `folder` takes its data; `environment` is the
    virtual environment that Mailman is installed in."""
    # Not resolved: a virtual environment may be a link. Absolute, for it starts in `folder`.
    folder, environment = folder.absolute(), environment.absolute()
    program = environment / "bin" / "runner"
    if not program.exists():
        raise MailmanDidNotStart(f"There is no Mailman in {environment}; run: make setup")
    folder.mkdir(parents=True, exist_ok=True)
    port, password = _free_port(), secrets.token_hex(16)
    config = _write_config(folder, port, password)
    server = LocalMailman(url=f"http://127.0.0.1:{port}", password=password)
    log = folder / "start.log"
    # Only the REST server: mail is not wanted. It leads a group that can be ended as a whole.
    command = [str(program), "-C", str(config), "--runner", "rest:0:1"]
    with log.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603
            command,
            cwd=folder,
            env={"PATH": os.defpath, "HOME": str(folder), "LANG": "C.UTF-8"},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=_end_with_the_parent,  # noqa: PLW1509
        )
    try:
        _wait(process, server, log)
        yield server
    finally:
        _stop(process)


def _end_with_the_parent() -> None:
    # A parent that is killed cannot stop us: on Linux the kernel then does.
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _write_config(folder: Path, port: int, password: str) -> Path:
    config = folder / "mailman.cfg"
    text = _CONFIG.format(var=folder / "var", port=port, password=password)
    config.touch(mode=0o600)
    config.write_text(text, encoding="utf-8")
    return config


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(process: subprocess.Popen[bytes], server: LocalMailman, log: Path) -> None:
    ends_at = time.monotonic() + START_SECONDS
    while time.monotonic() < ends_at:
        if process.poll() is not None:
            break
        if _answers(server):
            return
        time.sleep(0.2)
    end = log.read_text(encoding="utf-8", errors="replace")[-2000:]
    raise MailmanDidNotStart(f"Mailman did not answer at {server.url}. Its log ends:\n{end}")


def _answers(server: LocalMailman) -> bool:
    token = base64.b64encode(f"{server.user}:{server.password}".encode()).decode()
    request = urllib.request.Request(  # noqa: S310
        f"{server.url}/3.1/system/versions", headers={"Authorization": f"Basic {token}"}
    )
    try:
        with urllib.request.urlopen(request, timeout=5) as reply:  # noqa: S310
            return bool(reply.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _stop(process: subprocess.Popen[bytes]) -> None:
    """End the whole group: first politely, then not."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, number)
        except ProcessLookupError:
            break
        try:
            process.wait(timeout=STOP_SECONDS)
        except subprocess.TimeoutExpired:
            continue
    process.wait(timeout=STOP_SECONDS)
