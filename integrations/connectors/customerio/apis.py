"""The two APIs of Customer.io, each with an address and a key of its own. A wish to wait of one is
honoured at both."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

from integrations.connectors.customerio.config import Config
from integrations.errors import RateLimited
from integrations.http import Credentials, Reply, Transport, Wire


class Apis:
    """Requests to the Track API and to the App API; about what they raise, see `Transport`. May be
    used by several threads at once."""

    def __init__(self, config: Config, *, wire: Wire) -> None:
        self._track, self._app = _track(config, wire), _app(config, wire)
        self._app_once = _app(config, replace(wire, attempts=1))
        self._rest = _Rest(config.timeout)

    def track(self, method: str, path: str, **about: Any) -> Reply:
        """One call of the Track API, with its retries."""
        return self._ask(self._track, method, path, about)

    def app(self, method: str, path: str, **about: Any) -> Reply:
        """One call of the App API, with its retries."""
        return self._ask(self._app, method, path, about)

    def app_once(self, method: str, path: str, **about: Any) -> Reply:
        """One call of the App API that must not be sent twice."""
        return self._ask(self._app_once, method, path, about)

    def _ask(self, http: Transport, method: str, path: str, about: dict[str, Any]) -> Reply:
        self._rest.wait()
        try:
            return http.request(method, path, **about)
        except RateLimited as fault:
            self._rest.begin(fault.retry_after)
            raise


class _Rest:
    """How long neither API is asked. `most` in seconds: longer waits are told, not waited for."""

    def __init__(self, most: float) -> None:
        self._most, self._until = most, 0.0

    def begin(self, seconds: float) -> None:
        self._until = max(self._until, time.monotonic() + seconds)

    def wait(self) -> None:
        left = self._until - time.monotonic()
        if left > self._most:
            raise RateLimited(
                "Customer.io asks us to wait before the next request.",
                retry_after=left,
                vendor="customerio",
            )
        time.sleep(max(left, 0.0))


def _track(config: Config, wire: Wire) -> Transport:
    return Transport(
        vendor="customerio",
        base_url=config.track_url,
        wire=wire,
        auth=(config.site_id, config.track_key),
        request_seconds=min(15.0, config.timeout),
        total_seconds=config.timeout,
    )


def _app(config: Config, wire: Wire) -> Transport:
    return Transport(
        vendor="customerio",
        base_url=config.app_url,
        wire=wire,
        credentials=Credentials(
            header=("Authorization", f"Bearer {config.app_key}"), secrets=(config.app_key,)
        ),
        request_seconds=min(15.0, config.timeout),
        total_seconds=config.timeout,
    )
