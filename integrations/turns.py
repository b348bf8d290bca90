"""How long one thread of Python may keep the others waiting."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

# Seconds. Python's own is 0.005: ten threads that each have an answer to read wait for each other,
# and for one that looks up the next batch, for as long as a tool takes to answer.
SHORT = 0.0003
_lock = threading.Lock()
_inside = 0
_before = 0.0


@contextmanager
def taking_turns() -> Iterator[None]:
    """Let threads take turns quickly meanwhile: for many that mostly wait for a network. Several
    threads may be inside at once; Python has one time for all of them."""
    _enter()
    try:
        yield
    finally:
        _leave()


def _enter() -> None:
    global _inside, _before
    with _lock:
        if not _inside:
            _before = sys.getswitchinterval()
            sys.setswitchinterval(SHORT)
        _inside += 1


def _leave() -> None:
    global _inside
    with _lock:
        _inside -= 1
        if not _inside:
            sys.setswitchinterval(_before)
