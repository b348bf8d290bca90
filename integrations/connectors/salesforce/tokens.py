"""Access tokens of Salesforce: got by client credentials or a refresh token, kept in memory only.

https://help.salesforce.com/s/articleView?id=xcloud.remoteaccess_oauth_endpoints.htm
"""

from __future__ import annotations

import threading
from typing import Any
from urllib.parse import urlsplit

from integrations.connectors.salesforce.config import Config
from integrations.errors import (
    AuthError,
    ConfigError,
    IntegrationError,
    RateLimited,
    TransientError,
)
from integrations.http import Credentials, Reply, Transport, Wire

PATH = "/services/oauth2/token"
# Salesforce counts logins by the hour (3,600 a user) and says no more than "exceeded".
LOGIN_WAIT = 600.0


class Tokens(Credentials):
    """One account's access token. `header` gets the first one; several threads share it.

    Raises AuthError where Salesforce does not know the app, ConfigError where the account lives at
    another address, and what `Transport` raises.
    """

    def __init__(self, config: Config, *, wire: Wire) -> None:
        super().__init__()
        self._config = config
        self._http = Transport(
            vendor="salesforce",
            base_url=config.url,
            wire=wire,
            auth=(config.client_id, config.client_secret),
            judge=_judge,
            request_seconds=min(15.0, config.timeout),
            total_seconds=config.timeout,
        )
        self._lock = threading.Lock()
        self._token = ""
        self._user = ""
        self._used = threading.local()

    def header(self) -> tuple[str, str]:
        with self._lock:
            if not self._token:
                self._get()
            self._used.token = self._token
            return ("Authorization", f"Bearer {self._token}")

    def secrets(self) -> tuple[str, ...]:
        return (self._token, self._config.client_secret, self._config.refresh_token)

    def renew(self) -> bool:
        with self._lock:
            # Another thread may have got a new one since this one's request was refused.
            if self._token == getattr(self._used, "token", ""):
                self._get()
        return True

    def user_id(self) -> str:
        """The id of the user that we act as."""
        self.header()
        return self._user

    def _get(self) -> None:
        self._token = ""
        form = {"grant_type": "client_credentials"}
        if self._config.refresh_token:
            form = {"grant_type": "refresh_token", "refresh_token": self._config.refresh_token}
        said = _said(self._http.request("POST", PATH, form=form))
        self._check_address(said["instance_url"])
        self._user = said["id"].rpartition("/")[2]
        self._token = said["access_token"]

    def _check_address(self, instance: str) -> None:
        if urlsplit(instance).netloc != urlsplit(self._config.url).netloc:
            raise ConfigError(
                f"This account of Salesforce lives at {instance}; give that address as url.",
                vendor="salesforce",
            )


def _said(reply: Reply) -> dict[str, str]:
    # The answer holds the token: it never becomes part of an error.
    said = _json(reply)
    if reply.status == 200 and isinstance(said, dict):
        names = ("access_token", "instance_url", "id")
        if all(isinstance(said.get(name), str) and said[name] for name in names):
            return {name: said[name] for name in names}
    raise TransientError(
        "Salesforce's answer to our log-in makes no sense.",
        vendor="salesforce",
        status=reply.status,
        request=reply.request,
    )


def _json(reply: Reply) -> Any:
    try:
        return reply.json()
    except TransientError:
        return None


def _judge(reply: Reply) -> IntegrationError | None:
    if reply.status != 400:
        return None
    said = _json(reply)
    about = str(said.get("error_description", "")) if isinstance(said, dict) else ""
    if "rate exceeded" in about:
        return RateLimited(
            "Salesforce allows no more log-ins for now.", retry_after=LOGIN_WAIT, **reply.story()
        )
    if "not supported on this domain" in about:
        return ConfigError(
            "Salesforce does not answer the client credentials flow at this address; give your My"
            " Domain address (https://….my.salesforce.com) as url.",
            **reply.story(),
        )
    return AuthError(
        "Salesforce does not let our app in; see what it answered, and look at the app's consumer"
        " key and secret, its OAuth flow and its run-as user (or the refresh token).",
        **reply.story(),
    )
