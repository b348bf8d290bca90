"""The way to one Pipedrive company, and what its answers mean.

https://pipedrive.readme.io/docs/core-api-concepts-http-status-codes
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from integrations.connectors.pipedrive.config import Config
from integrations.connectors.pipedrive.credentials import credentials_of
from integrations.errors import ConfigError, IntegrationError, RateLimited
from integrations.http import Reply, Transport, Wire, asked_to_wait

# The day's allowance comes back at midnight of Pipedrive's own server; we look each hour.
DAY_OVER_WAIT = 3_600.0
# Who asks on after a 429 is shut out by the gateway, for nobody says how long.
SHUT_OUT_WAIT = 300.0
PAGE = 500


class PipedriveClient:
    """Calls Pipedrive. Raises what `Transport` raises, and PermanentError for what it refuses."""

    def __init__(self, config: Config, *, wire: Wire) -> None:
        self._http = Transport(
            vendor="pipedrive",
            base_url=config.url,
            wire=wire,
            credentials=credentials_of(config, wire),
            judge=judge,
            request_seconds=min(20.0, config.timeout),
            total_seconds=config.timeout,
        )

    def call(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        body: Any = None,
    ) -> Reply:
        """One call; its answer is below 500 and has to be read."""
        return self._http.request(method, path, params=params, body=body)

    def pages(self, path: str, params: Mapping[str, Any]) -> Iterator[tuple[list[Any], Reply]]:
        """All pages of a collection, to its end or TransientError."""
        cursor = ""
        while True:
            more = {"cursor": cursor} if cursor else {}
            reply = self.call("GET", path, params={"limit": PAGE, **params, **more})
            items = data_of(reply, list)
            yield items, reply
            following = _next_cursor(reply)
            if not following:
                return
            if following == cursor:
                raise reply.senseless("Pipedrive's pages do not end.")
            cursor = following


def judge(reply: Reply) -> IntegrationError | None:
    """Pipedrive's own ways: the wait after a 429 stands in headers of its own; a 403 that is no
    JSON comes from the gateway, to those who asked on after a 429; and one about a plan's limit
    has nothing to do with credentials."""
    if reply.status == 429 and "retry-after" not in reply.headers:
        return _too_many(reply)
    if reply.status != 403:
        return None
    if not reply.text.lstrip().startswith("{"):
        return RateLimited(
            "Pipedrive has shut us out for a while, for asking too often.",
            retry_after=SHUT_OUT_WAIT,
            **reply.story(),
        )
    if "feature_capping" in reply.text:
        return ConfigError("The plan of this Pipedrive company allows no more.", **reply.story())
    return None


def _too_many(reply: Reply) -> RateLimited:
    if reply.headers.get("x-daily-ratelimit-token-remaining") == "0":
        return RateLimited(
            "Pipedrive's allowance of tokens for today is used up.",
            retry_after=DAY_OVER_WAIT,
            **reply.story(),
        )
    fault = asked_to_wait(reply)
    reset = reply.headers.get("x-ratelimit-reset", "")
    if reset.isascii() and reset.isdigit() and int(reset) <= DAY_OVER_WAIT:
        fault.retry_after = float(reset)
    return fault


def data_of(reply: Reply, kind: type[Any]) -> Any:
    """What an answer holds, of that kind; a refusal or TransientError otherwise."""
    if 400 <= reply.status < 500:
        raise refusal(reply)
    said = reply.json()
    is_yes = isinstance(said, dict) and said.get("success") is True
    if reply.status not in (200, 201) or not is_yes or not isinstance(said.get("data"), kind):
        raise reply.senseless("Pipedrive's answer makes no sense.")
    return said["data"]


def refusal(reply: Reply) -> IntegrationError:
    """A request that was refused, with Pipedrive's own reason."""
    try:
        said = reply.json()
    except IntegrationError:
        said = {}
    said = said if isinstance(said, dict) else {}
    # Its sentences may quote what was sent: the code says as much without.
    reason = str(said.get("code") or said.get("error") or reply.status)[:200]
    return reply.refused(f"Pipedrive refuses: {reason.rstrip('.')}.")


def _next_cursor(reply: Reply) -> str:
    more = reply.json().get("additional_data")
    return str(more.get("next_cursor") or "") if isinstance(more, dict) else ""
