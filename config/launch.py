"""Start everything on one machine: `make run`, or `python -m config.launch`.

Redis on a Unix socket, gunicorn, a Celery worker and beat run under honcho. SIGTERM and Ctrl-C stop
them all, and whatever they started, within ten seconds."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from types import FrameType
from urllib.error import URLError

import psutil

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
READY_SECONDS = 120
QUEUES = "interactive,recompute,sync,webhook,maintenance"


def main() -> int:
    """Prepare, run until told to stop, leave nothing running. Returns the exit status."""
    signal.signal(signal.SIGTERM, _stop)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
    from django.conf import settings

    from config.env import WrongSetting

    # A short path: the address of a Unix socket may have 107 bytes at most.
    sockets = Path(tempfile.mkdtemp(prefix="catalogue-", dir="/tmp"))  # noqa: S108
    try:
        port, data_dir = settings.PORT, settings.DATA_DIR
        _check_port(port)
        environment = _environment(os.environ, sockets)
        _prepare(data_dir, environment)
        return _run(port, data_dir, sockets, environment, logins=_demo_logins())
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    except WrongSetting as error:
        return _say(str(error))
    except subprocess.CalledProcessError as error:
        return _say(f"{' '.join(error.cmd[1:])} failed (exit status {error.returncode}).")
    finally:
        _end_children()
        shutil.rmtree(sockets, ignore_errors=True)


def _say(sentence: str) -> int:
    print(sentence, file=sys.stderr, flush=True)
    return 1


def _stop(_number: int, _frame: FrameType | None) -> None:
    sys.exit(128 + signal.SIGTERM)


def _check_port(port: int) -> None:
    from config.env import WrongSetting

    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            problem = f"is {port}, which cannot be used: {error.strerror}. Try PORT=8001 make run."
            raise WrongSetting("PORT", problem) from None


def _environment(outer: Mapping[str, str], sockets: Path) -> dict[str, str]:
    return {
        **outer,
        "REDIS_URL": f"unix://{sockets}/redis.sock",
        "PYTHONUNBUFFERED": "1",
        # A stopped worker hands back what it holds; the ledger knows how far it got.
        "REMAP_SIGTERM": "SIGQUIT",
        "WORKER_SOFT_SHUTDOWN_SECONDS": outer.get("WORKER_SOFT_SHUTDOWN_SECONDS", "2"),
    }


def _prepare(data_dir: Path, environment: Mapping[str, str]) -> None:
    data_dir.mkdir(parents=True, exist_ok=True)
    (data_dir / "redis").mkdir(exist_ok=True)
    _manage(environment, "migrate", "--verbosity", "0")
    _manage(environment, "collectstatic", "--no-input", "--verbosity", "0")
    _furnish(data_dir, environment)


def _furnish(data_dir: Path, environment: Mapping[str, str]) -> None:
    """The demo workspace, on the first start; again if the first one was cut short."""
    unfinished = data_dir / "demo-workspace-unfinished"
    if unfinished.exists() or not _has_customers():
        unfinished.touch()
        _manage(environment, "demo_workspace")
        _share_with_analysts(data_dir, environment)
        unfinished.unlink()


def _has_customers() -> bool:
    import django
    from django.db import connection

    django.setup()
    from catalogue.models import Customer

    found = Customer.objects.exists()
    connection.close()
    return found


def _share_with_analysts(data_dir: Path, environment: Mapping[str, str]) -> None:
    # The simplest tool there is, so that the pages show what a tool holds and how that is known.
    folder = data_dir / "analysts"
    folder.mkdir(exist_ok=True)
    options = ("--name", "analysts", "--option", f"directory={folder}")
    _manage(environment, "destinations", "add", "files", *options)
    _manage(environment, "sync")


def _demo_logins() -> str:
    import django
    from django.db import connection

    django.setup()
    from catalogue.management.demo_workspace.team import login_lines

    lines = list(login_lines())
    connection.close()
    return "\n".join(["Demo logins:", *lines, ""]) if lines else ""


def _manage(environment: Mapping[str, str], *arguments: str) -> None:
    subprocess.run(  # noqa: S603
        [sys.executable, "manage.py", *arguments], cwd=ROOT, env=dict(environment), check=True
    )


def _commands(port: int, data_dir: Path, sockets: Path) -> dict[str, list[str]]:
    celery = [str(BIN / "celery"), "--app", "config", "--quiet"]
    return {
        "redis": [
            *(str(BIN / "redis-server"), "--port", "0", "--dir", str(data_dir / "redis")),
            *("--unixsocket", str(sockets / "redis.sock"), "--unixsocketperm", "700"),
            *("--maxmemory-policy", "noeviction", "--appendonly", "yes"),
            *("--appendfsync", "everysec", "--save", "", "--loglevel", "warning"),
        ],
        "web": [
            *(str(BIN / "gunicorn"), "config.wsgi", "--bind", f"127.0.0.1:{port}"),
            *("--workers", "1", "--threads", "4", "--graceful-timeout", "3"),
            *("--no-control-socket", "--log-level", "warning"),
        ],
        "worker": [
            *(*celery, "worker", "--concurrency", "2", "--queues", QUEUES),
            *("--loglevel", "WARNING", "--without-gossip", "--without-mingle"),
        ],
        "beat": [*celery, "beat", "--loglevel", "WARNING", "--pidfile", ""],
    }


def _run(
    port: int, data_dir: Path, sockets: Path, environment: Mapping[str, str], *, logins: str
) -> int:
    import shlex

    from honcho.manager import Manager
    from honcho.printer import Printer

    manager = Manager(Printer(sys.stdout))
    for name, command in _commands(port, data_dir, sockets).items():
        # exec: the signal must reach the program itself, not a shell in front of it.
        manager.add_process(
            name, f"exec {shlex.join(command)}", env=dict(environment), cwd=str(ROOT)
        )
    threading.Thread(target=_announce, args=(port, logins), daemon=True).start()
    manager.loop()
    asked = manager.returncode in (128 + signal.SIGTERM, 128 + signal.SIGINT)
    return int(manager.returncode or 0) if asked else 1


def _announce(port: int, logins: str) -> None:
    address = f"http://localhost:{port}"
    deadline = time.monotonic() + READY_SECONDS
    while not _is_ready(f"{address}/readyz"):
        if time.monotonic() > deadline:
            _say(f"Not ready after {READY_SECONDS} s: see {address}/readyz and above.")
            return
        time.sleep(0.2)
    print(f"\nThe catalogue is ready: {address}/\n{logins}Ctrl-C stops it.\n", flush=True)


def _is_ready(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=2) as answer:  # noqa: S310
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False


def _end_children() -> None:
    children = psutil.Process().children(recursive=True)
    for child in children:
        _kill(child)
    psutil.wait_procs(children, timeout=2)


def _kill(child: psutil.Process) -> None:
    try:
        child.kill()
    except psutil.NoSuchProcess:
        return


if __name__ == "__main__":
    sys.exit(main())
