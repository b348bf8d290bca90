"""What fakes are asked and answer, what they write down, and how they go wrong."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.utils import formatdate
from typing import Any
from urllib.parse import parse_qs


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One request as it arrived. `query` holds the last value of each parameter."""

    number: int
    at: float
    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """The body as JSON; None when it is empty."""
        return json.loads(self.body) if self.body else None

    def form(self) -> dict[str, list[str]]:
        """The body as a form."""
        return parse_qs(self.body.decode())


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What is said: `content` is sent as JSON, bytes as they are, None as nothing."""

    status: int = 200
    content: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One line of the ledger: what was asked, what was said, and which fault was played."""

    asked: Asked
    status: int | None
    fault: str
    changes: int
    retry_after: str | None = None


@dataclass(frozen=True, kw_only=True)
class Membership:
    """Somebody came onto a list or went off it. `by`: "api" or "hand"; `at` is `time.monotonic`."""

    at: float
    audience: str
    identity: str
    is_added: bool
    by: str


@dataclass
class Fault:
    """The next `times` requests that `wanted` picks, after `skip` of them, go wrong as `kind`
    says. `retry_after` goes with a 429 or 503."""

    kind: str
    times: int = 1
    skip: int = 0
    retry_after: str | None = None
    wanted: Callable[[Asked], bool] = lambda asked: True

    def takes(self, asked: Asked) -> bool:
        if self.times <= 0 or not self.wanted(asked):
            return False
        if self.skip > 0:
            self.skip -= 1
            return False
        self.times -= 1
        return True


def in_the_past() -> str:
    """A Retry-After that is over."""
    return formatdate(time.time() - 3600, usegmt=True)


def in_seconds(seconds: float) -> str:
    """A Retry-After as a date."""
    return formatdate(time.time() + seconds, usegmt=True)
