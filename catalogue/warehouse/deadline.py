"""An end to questions that take too long."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import ibis


class Deadline:
    """An instant on the monotonic clock by which an answer is wanted."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._ends = time.monotonic() + seconds

    @property
    def left(self) -> float:
        """Seconds until it; none once it has passed."""
        return max(self._ends - time.monotonic(), 0.0)

    def has_passed(self) -> bool:
        """Whether it is too late."""
        return self.left == 0.0

    @contextmanager
    def held(self, connection: ibis.BaseBackend) -> Iterator[None]:
        """Interrupt what the back end is doing when the deadline passes within the block. The query
        then fails with the back end's own interruption."""
        timer = threading.Timer(self.left, connection.con.interrupt)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
            # A thread that Python has to end when the process does takes the process with it: the
            # exit code of a command would be that of an abort.
            timer.join()
