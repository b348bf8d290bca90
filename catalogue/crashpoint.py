"""Places where tests kill the process: between any two steps that touch a store or the network.

In production this does nothing. With CRASHPOINT=3 the process kills itself (SIGKILL) at the third
place it comes to; with CRASHPOINT=name:3 at the third place of that name.
"""

from __future__ import annotations

import os
import signal

_seen: dict[str, int] = {}


def crashpoint(name: str) -> None:
    """Die here if the environment says so."""
    wanted = os.environ.get("CRASHPOINT")
    if not wanted:
        return
    only, _, count = wanted.rpartition(":")
    if only in ("", name):
        _seen[only] = _seen.get(only, 0) + 1
        if _seen[only] == int(count):
            os.kill(os.getpid(), signal.SIGKILL)
