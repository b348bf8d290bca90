"""How often a tool may be asked: one bucket for each account, shared by all workers.

The counts lie in Redis where there is one, else in this process. While they cannot be reached,
nothing is sent.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import cast

from limits import RateLimitItemPerSecond
from limits.errors import StorageError
from limits.storage import MemoryStorage, Storage, storage_from_string
from limits.strategies import MovingWindowRateLimiter, RateLimiter

from integrations.errors import RateLimited
from integrations.manifest import Rate

# Seconds until a store of counts that does not answer is asked again.
STORE_WAIT = 5.0


@dataclass(slots=True)
class Throttle:
    """One account of one tool. `name` is the same in every worker; `url` names the store of counts,
    blank is this process. `now` and `sleep` are for tests."""

    name: str
    rate: Rate
    url: str = ""
    now: Callable[[], float] = time.time
    sleep: Callable[[float], None] = time.sleep
    _slots: threading.BoundedSemaphore = field(init=False)

    def __post_init__(self) -> None:
        self._slots = threading.BoundedSemaphore(max(1, self.rate.concurrency))

    @contextmanager
    def turn(self, *, until: float) -> Iterator[None]:
        """One request's turn: waits for it, and holds one of the places that there are at once.
        RateLimited when it would not come before `until` (in seconds of `now`)."""
        with self._slots:
            while wait := self._wait():
                if self.now() + wait > until:
                    raise RateLimited(
                        "This tool has been asked as often as it allows; the rest follows.",
                        retry_after=wait,
                    )
                self.sleep(wait)
            yield

    def _wait(self) -> float:
        """Seconds until another try is worth it; 0: it is our turn, and it is counted."""
        if not self.rate.requests:
            return 0.0
        return self._wait_in(_limiter(self.url))

    def _wait_in(self, limiter: RateLimiter) -> float:
        # The windows of the library are whole seconds.
        window = max(1, round(self.rate.seconds))
        most = max(1, int(self.rate.requests * window / self.rate.seconds))
        item = RateLimitItemPerSecond(most, window)
        try:
            if limiter.hit(item, self.name):
                return 0.0
            reset = limiter.get_window_stats(item, self.name).reset_time
        except StorageError as fault:
            raise RateLimited(
                "The store that counts what this tool is asked does not answer.",
                retry_after=STORE_WAIT,
            ) from fault
        # Not until the window is over: a place becomes free when its oldest request leaves it.
        return min(max(reset - time.time(), 0.01), self.rate.seconds / 4)


@cache
def _limiter(url: str) -> RateLimiter:
    return MovingWindowRateLimiter(_storage(url))


def _storage(url: str) -> Storage:
    if not url:
        return MemoryStorage()
    return cast("Storage", storage_from_string(url, wrap_exceptions=True))
