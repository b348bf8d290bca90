"""The way to one HubSpot account, and what its answers mean.

https://developers.hubspot.com/docs/api-reference/error-handling
"""

from __future__ import annotations

from typing import Any

from integrations.connectors.hubspot.config import Config
from integrations.connectors.hubspot.credentials import credentials_of
from integrations.errors import AuthError, IntegrationError, RateLimited
from integrations.http import Reply, Transport, Wire, asked_to_wait

# The day's allowance comes back at midnight of the account's own time zone; we look each hour.
DAY_OVER_WAIT = 3_600.0


class HubspotClient:
    """Calls HubSpot. Raises what `Transport` raises, and PermanentError for what it refuses."""

    def __init__(self, config: Config, *, wire: Wire) -> None:
        self._credentials = credentials_of(config, wire)
        self._is_oauth = not config.access_token
        self._http = Transport(
            vendor="hubspot",
            base_url=config.url,
            wire=wire,
            credentials=self._credentials,
            judge=judge,
            request_seconds=min(20.0, config.timeout),
            total_seconds=config.timeout,
        )

    def call(
        self, method: str, path: str, *, params: dict[str, Any] | None = None, body: Any = None
    ) -> Reply:
        """One call; its answer is below 500 and has to be read."""
        return self._http.request(method, path, params=params, body=body)

    def batch(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """A batch endpoint's answer: `results` and, for those that failed, `errors`. PermanentError
        when the batch was refused as a whole."""
        reply = self.call("POST", path, body=body)
        if 400 <= reply.status < 500:
            raise refusal(reply)
        said = expect(reply, dict, "results", statuses=(200, 201, 207))
        if said.get("status") != "COMPLETE" or not are_dicts(said["results"]):
            raise reply.senseless("HubSpot's answer about the batch makes no sense.")
        if not are_dicts(said.get("errors", [])):
            raise reply.senseless("HubSpot's errors about the batch make no sense.")
        checked: dict[str, Any] = said
        return checked

    def token_info(self) -> dict[str, Any]:
        """What HubSpot says of our token: {} where it says nothing of tokens of this kind."""
        token = self._credentials.token()
        if self._is_oauth:
            reply = self.call("GET", f"/oauth/v1/access-tokens/{token}")
        else:
            path = "/oauth/v2/private-apps/get/access-token-info"
            reply = self.call("POST", path, body={"tokenKey": token})
        if reply.status in (400, 404):
            return {}
        said: dict[str, Any] = expect(reply, dict)
        return said


def judge(reply: Reply) -> IntegrationError | None:
    """HubSpot's own status codes: 423 is a lock and 477 an account under way to another data
    centre, both over after a while; and a 429 that says which of the limits was met."""
    if reply.status in (423, 477):
        return asked_to_wait(reply)
    if reply.status == 429 and "retry-after" not in reply.headers and "DAILY" in reply.text:
        return RateLimited(
            "HubSpot's allowance of calls for today is used up.",
            retry_after=DAY_OVER_WAIT,
            **reply.story(),
        )
    if reply.status == 403 and "MISSING_SCOPES" in reply.text:
        return AuthError(
            "HubSpot refuses what our token has no scope for; the README of the connector says "
            "which scopes it needs.",
            **reply.story(),
        )
    return None


def expect(reply: Reply, kind: type[Any], *keys: str, statuses: tuple[int, ...] = (200,)) -> Any:
    """The answer as JSON of that kind with these keys; a refusal or TransientError otherwise."""
    if 400 <= reply.status < 500:
        raise refusal(reply)
    if reply.status not in statuses:
        raise reply.senseless("HubSpot answered something else than asked.")
    said = reply.json()
    if not isinstance(said, kind) or any(key not in said for key in keys):
        raise reply.senseless("HubSpot's answer makes no sense.")
    return said


def refusal(reply: Reply) -> IntegrationError:
    """A whole request that was refused, with HubSpot's own reason."""
    try:
        said = reply.json()
    except IntegrationError:
        said = {}
    return reply.refused(f"HubSpot refuses: {reason(said, reply.status)}.")


def reason(said: Any, status: int | str = "no reason given") -> str:
    """HubSpot's reason, as its code: its sentences hold people's data."""
    said = said if isinstance(said, dict) else {}
    details = [one for one in said.get("errors") or () if isinstance(one, dict)]
    codes = [str(one["code"]) for one in details if one.get("code")]
    return ", ".join(dict.fromkeys(codes)) or str(said.get("category") or status)


def are_dicts(items: Any) -> bool:
    """Whether this is a list of objects."""
    return isinstance(items, list) and all(isinstance(item, dict) for item in items)


def texts(said: Any) -> list[str]:
    """A list of ids as texts, whether they came as texts or numbers; ValueError otherwise."""
    if not isinstance(said, list) or any(not isinstance(one, str | int) for one in said):
        raise ValueError("no list of ids")
    return [str(one) for one in said]
