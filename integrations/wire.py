"""What an account's requests go through: its limits, its rate, its credentials, who is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from integrations.manifest import Limits, Rate
from integrations.throttle import Throttle


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One request as it is written down: never a body, and a path without addresses or secrets.
    `status` is None without an answer."""

    method: str
    path: str
    status: int | None
    milliseconds: int
    sent_bytes: int
    received_bytes: int


def unrecorded(exchange: Exchange) -> None:
    """Nobody wants to know."""


def always() -> bool:
    """Nothing stands against a request."""
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Wire:
    """What an account's requests go through, given by the core: `limits` are what one request may
    hold, `private_hosts` the loopback and private addresses (`host` or `host:port`) that connectors
    may reach; `throttle` keeps to the rate; a call is tried `attempts` times; `record` is told of
    every request. None is made while `may_ask` says no."""

    limits: Limits = Limits(records=1, bytes=1_000_000)
    private_hosts: frozenset[str] = frozenset()
    throttle: Throttle = field(default_factory=lambda: Throttle(name="", rate=Rate()))
    attempts: int = 3
    record: Callable[[Exchange], None] = unrecorded
    may_ask: Callable[[], bool] = always

    @property
    def concurrency(self) -> int:
        """The most requests that may be under way at once."""
        return max(1, self.throttle.rate.concurrency)


class Credentials:
    """What is sent with every request to say who we are. `header` is a pair of name and value;
    `secrets` are taken out of everything that is said about a request. Short-lived ones are got by
    `renew`, which returns whether there is any use in trying again."""

    def __init__(
        self, *, header: tuple[str, str] = ("", ""), secrets: tuple[str, ...] = ()
    ) -> None:
        self._header, self._secrets = header, secrets

    def header(self) -> tuple[str, str]:
        """Name and value; a blank name sends nothing."""
        return self._header

    def secrets(self) -> tuple[str, ...]:
        """All texts that nobody may read."""
        return self._secrets

    def renew(self) -> bool:
        """Get new ones after the tool has refused these; False where there are no others."""
        return False
