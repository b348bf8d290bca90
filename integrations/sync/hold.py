"""The right to write to one list: held by a lease, kept up while a tool is at work, and not used
for longer than it lasts."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from integrations.models import Audience, LeaseLost

# Goes on while the machine sleeps, where the system has such a clock.
_CLOCK = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


def _now() -> float:
    return time.clock_gettime(_CLOCK)


@dataclass(slots=True)
class _Until:
    """Until when, by our own clock, the lease is certainly ours; `matters`: a push is under way."""

    at: float
    matters: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """The right to write to one audience: its lease. `seconds` is how far each write extends it."""

    audience_id: int
    fence: int
    seconds: float
    _until: _Until = field(init=False, default_factory=lambda: _Until(at=_now()))

    def __post_init__(self) -> None:
        self._until.at += self.seconds

    def write(self, **fields: object) -> None:
        """Change the audience; LeaseLost if the lease is another's by now."""
        began = _now()
        try:
            Audience.objects.write(
                self.audience_id, fence=self.fence, seconds=self.seconds, **fields
            )
        except LeaseLost:
            self._until.at = 0.0
            raise
        self._until.at = began + self.seconds

    @contextmanager
    def pushing(self) -> Iterator[None]:
        """While this lasts, requests are made only as long as the lease does."""
        self._until.matters = True
        try:
            yield
        finally:
            self._until.matters = False

    def may_ask(self) -> bool:
        """Whether a request may be made now: not by a worker that slept past its lease, in the
        middle of a push. Asks no database, so that any thread may call it before any request."""
        return not self._until.matters or _now() < self._until.at
