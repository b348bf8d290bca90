"""The right to write to one list: held by a lease, kept up while a tool is at work, and not used
for longer than it lasts."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, wait
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from integrations.models import Audience, LeaseLost
from integrations.sync.pushing import Answer

# A lease is kept up after this part of it, so that one time that is late is no loss.
HEARTBEAT = 1 / 3

# Goes on while the machine sleeps, where the system has such a clock.
_CLOCK = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


def _now() -> float:
    return time.clock_gettime(_CLOCK)


@dataclass(slots=True)
class Until:
    """Until when, by our own clock, the lease is certainly ours; `matters`: a push is under way."""

    at: float
    matters: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """The right to write to one audience: its lease. `seconds` is how far each write extends it."""

    audience_id: int
    fence: int
    seconds: float
    until: Until

    @classmethod
    def take(cls, audience_id: int, *, seconds: float) -> Hold | None:
        """A new lease, or None while somebody else holds one."""
        began = _now()
        fence = Audience.objects.take(audience_id, seconds=seconds)
        if fence is None:
            return None
        until = Until(at=began + seconds)
        return cls(audience_id=audience_id, fence=fence, seconds=seconds, until=until)

    def release(self) -> None:
        """Give the lease back; nothing happens if it was lost."""
        Audience.objects.release(self.audience_id, fence=self.fence)

    def write(self, **fields: object) -> None:
        """Change the audience; LeaseLost if the lease is another's by now."""
        began = _now()
        try:
            Audience.objects.write(
                self.audience_id, fence=self.fence, seconds=self.seconds, **fields
            )
        except LeaseLost:
            self.until.at = 0.0
            raise
        self.until.at = began + self.seconds

    @contextmanager
    def pushing(self) -> Iterator[None]:
        """While this lasts, requests are made only as long as the lease does."""
        self.until.matters = True
        try:
            yield
        finally:
            self.until.matters = False

    def await_push(self, push: Future[Answer], *, keep: Callable[[], None]) -> Answer:
        """The answer of a push in another thread. The lease is kept up for as long as that takes,
        and what `keep` keeps up; either of them may be lost by it."""
        while not wait([push], timeout=self.seconds * HEARTBEAT).done:
            # A lease that was lost ends the push by itself, and shows when it is settled.
            with suppress(LeaseLost):
                keep()
                self.write()
        return push.result()

    def may_ask(self) -> bool:
        """Whether a request may be made now: not by a worker that slept past its lease, in the
        middle of a push. Asks no database, so that any thread may call it before any request."""
        return not self.until.matters or _now() < self.until.at
