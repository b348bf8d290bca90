"""What a sync asked of its tool: how often, how, and with what answer."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass, field

from integrations.http import Exchange


@dataclass(slots=True)
class Requests:
    """Counts of one run, {"POST 200": 12}; several threads may add."""

    counts: Counter[str] = field(default_factory=Counter)
    milliseconds: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, exchange: Exchange) -> None:
        """One more request."""
        said = "no answer" if exchange.status is None else str(exchange.status)
        with self._lock:
            self.counts[f"{exchange.method} {said}"] += 1
            self.milliseconds += exchange.milliseconds

    def fields(self) -> dict[str, object]:
        """The fields of a run that keep them."""
        return {"requests": dict(sorted(self.counts.items())), "requests_ms": self.milliseconds}
