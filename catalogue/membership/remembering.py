"""What this process remembers between its refreshes (`engine.kept`), and where one begins that
remembers nothing: with what another process wrote (`membership.snapshots`)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from django.conf import settings

from catalogue.engine.kept.memory import NOTHING_KEPT, Kept
from catalogue.membership import snapshots
from catalogue.membership.snapshots import Ahead
from catalogue.models import RefreshRun, RunState

_kept = Kept(settings.REMEMBERED_MIB << 20)
_lock = Lock()
# The refresh that was done last in this process.
_last: list[RefreshRun] = []


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


def look_ahead() -> Ahead | None:
    """Where this process remembers nothing, begin to check what it will begin with."""
    return snapshots.look_ahead() if _kept.most and _kept.is_empty else None


@contextmanager
def memory_or_snapshot(ahead: Ahead | None = None) -> Iterator[Kept]:
    """The same; one that is empty begins with the newest snapshot. After an error with that it is
    deleted: it must not be in the way of the next refresh, too."""
    with memory() as kept:
        # What still lies in a file is read once, and not added to for ever.
        kept.leave_the_file()
        begun = snapshots.begin(kept, ahead) if kept.most and kept.is_empty else None
        try:
            yield kept
        except BaseException:
            if begun is not None:
                snapshots.remove(begun)
            raise


def forget(kept: Kept) -> None:
    """Forget all that is remembered, here and in snapshots: it was wrong."""
    kept.forget()
    snapshots.remove_all()


def write_down(run: RefreshRun, *, is_last: bool = False) -> None:
    """After a refresh: take what still lies in a file into memory, and write what is remembered for
    who starts later, if that is due. Nobody waits for it. `is_last`: this process ends."""
    if run.state != RunState.SUCCEEDED or run.photo is None or run.now is None:
        return
    _last[:] = [run]
    with memory() as kept:
        kept.leave_the_file()
        if snapshots.is_due(kept, run.now, is_last=is_last):
            snapshots.write(kept, run.photo, run.now)


def write_down_at_the_end() -> None:
    """Write what is remembered, before this process ends."""
    for run in _last:
        write_down(run, is_last=True)
