"""What this process remembers between its refreshes (`engine.kept`)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from django.conf import settings

from catalogue.engine.kept.memory import NOTHING_KEPT, Kept

_kept = Kept(settings.REMEMBERED_MIB << 20)
_lock = Lock()


@contextmanager
def memory() -> Iterator[Kept]:
    """The memory, for one refresh; nothing where another thread is using it. After an error it is
    empty: the next refresh scans everything."""
    if not _lock.acquire(blocking=False):
        yield NOTHING_KEPT
        return
    try:
        yield _kept
    except BaseException:
        _kept.forget()
        raise
    finally:
        _lock.release()
