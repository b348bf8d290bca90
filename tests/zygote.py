"""Real processes of the product for tests: one process imports everything once and forks itself
for each command, so that killing, stopping and racing commands costs milliseconds.

    zygote = Zygote(child_env)                       # env: the fixture of tests/conftest.py
    done = zygote.run("refresh", crash_at=3)         # SIGKILLs itself at the third crash point
    pid = zygote.start("refresh", stop_at="refresh: judged")   # SIGSTOPs itself there
    zygote.wait_until_stopped(pid); os.kill(pid, signal.SIGCONT); done = zygote.wait(pid)
"""

from __future__ import annotations

import importlib
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

PATIENCE_SECONDS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """How a command ended: `code` is negative for the signal that ended it."""

    code: int
    out: str
    err: str

    @property
    def was_killed(self) -> bool:
        return self.code == -signal.SIGKILL


class Zygote:
    """Forks a process of the product for each command."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, __file__],
            env=dict(env),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._folder = tempfile.TemporaryDirectory(prefix="zygote-")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.communicate("\n", timeout=PATIENCE_SECONDS)
        self._folder.cleanup()

    def run(self, *args: str, **how: Any) -> Done:
        """Run a command to its end."""
        return self.wait(self.start(*args, **how))

    def start(
        self,
        *args: str,
        crash_at: int | str | None = None,
        stop_at: str | None = None,
        largest_file: int | None = None,
        settings: Mapping[str, Any] | None = None,
    ) -> int:
        """Start a command and return its process id. `crash_at`: kill itself at that crash point.
        `stop_at`: stop itself at the crash point of that name. `largest_file`: no file may grow
        beyond so many bytes, as on a full disk. `settings`: those that are other in this
        process."""
        order = {
            "do": "start",
            "args": args,
            "crash_at": None if crash_at is None else str(crash_at),
            "stop_at": stop_at,
            "largest_file": largest_file,
            "settings": dict(settings or {}),
            "folder": self._folder.name,
        }
        return int(self._ask(order))

    def wait(self, pid: int) -> Done:
        """Wait for the end of a started command."""
        code = int(self._ask({"do": "wait", "pid": pid}))
        files = [Path(self._folder.name) / f"{pid}.{name}" for name in ("out", "err")]
        # Whoever is killed at once has not opened them.
        out, err = [file.read_text(encoding="utf-8") if file.exists() else "" for file in files]
        return Done(code=code, out=out, err=err)

    def wait_until_stopped(self, pid: int) -> None:
        """Wait until a command started with `stop_at` has stopped itself."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while _state(pid) != "T":
            assert time.monotonic() < deadline, "it never came to where it should stop"
            time.sleep(0.01)

    def _ask(self, order: dict[str, Any]) -> str:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return self._process.stdout.readline()


def _state(pid: int) -> str:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


# ── inside the zygote ──────────────────────────────────────────────────────────────────────


def serve() -> None:
    """Import the product, then fork for every order that comes in."""
    import django

    django.setup()
    if first := os.environ.get("ZYGOTE_FIRST"):
        module, _, function = first.partition(":")
        getattr(importlib.import_module(module), function)()
    from django.core.management import get_commands, load_command_class

    for name, app in get_commands().items():
        if app in ("catalogue", "integrations"):
            load_command_class(app, name)
    from catalogue.garbage import keep_what_is_loaded

    # As a worker does when it starts.
    keep_what_is_loaded()
    for line in sys.stdin:
        order = json.loads(line) if line.strip() else None
        if order is None:
            return
        answer = _fork(order) if order["do"] == "start" else _wait(order["pid"])
        sys.stdout.write(f"{answer}\n")
        sys.stdout.flush()


def _wait(pid: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def _fork(order: dict[str, Any]) -> int:
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            code = _command(order)
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)
    return pid


def _command(order: dict[str, Any]) -> int:
    base = Path(order["folder"]) / str(os.getpid())
    for stream, name in ((1, "out"), (2, "err")):
        target = os.open(f"{base}.{name}", os.O_WRONLY | os.O_CREAT, 0o600)
        os.dup2(target, stream)
    if order["crash_at"] is not None:
        os.environ["CRASHPOINT"] = order["crash_at"]
    if order["stop_at"] is not None:
        _stop_at(order["stop_at"])
    if order["largest_file"] is not None:
        limit = order["largest_file"]
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    for name, value in order["settings"].items():
        from django.conf import settings

        setattr(settings, name, value)
    return _manage(order["args"])


def _stop_at(wanted: str) -> None:
    import catalogue.crashpoint as places

    original = places.crashpoint

    def stop(name: str) -> None:
        if name == wanted:
            os.kill(os.getpid(), signal.SIGSTOP)

    for module in list(sys.modules.values()):
        if getattr(module, "crashpoint", None) is original:
            module.crashpoint = stop  # type: ignore[attr-defined]


def _manage(args: list[str]) -> int:
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(["manage.py", *args])
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(bool(end.code))
    return 0


if __name__ == "__main__":
    serve()
