"""What Python's collector of garbage need not look through: work that makes many small objects
which live until its end, and what a worker has loaded when it starts."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without_collecting() -> Iterator[None]:
    """Collect no garbage meanwhile: expressions and rows are many small objects that live until the
    end, and each time Python would look through all that the process has."""
    was_collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_collecting:
            gc.enable()


def keep_what_is_loaded() -> None:
    """Never look again through what is loaded by now, which stays to the end of the process: else
    every full collection stops all threads for a fifth of a second."""
    gc.collect()
    gc.freeze()
