"""How we say who we are: with a user's API token, or with an OAuth app's that lasts an hour."""

from __future__ import annotations

import threading

from integrations.connectors.pipedrive.config import Config
from integrations.errors import AuthError, TransientError
from integrations.http import Credentials, Transport, Wire


class RefreshedToken(Credentials):
    """An OAuth app's access token: got with the refresh token when it is first needed and after a
    refusal, kept in memory only. Threads that were refused at the same time get one new token."""

    def __init__(self, config: Config, wire: Wire) -> None:
        super().__init__(secrets=(config.client_secret, config.refresh_token))
        self._http = Transport(
            vendor="pipedrive",
            base_url=config.oauth_url,
            wire=wire,
            auth=(config.client_id, config.client_secret),
        )
        self._form = {"grant_type": "refresh_token", "refresh_token": config.refresh_token}
        self._token = ""
        self._lock = threading.Lock()

    def header(self) -> tuple[str, str]:
        if not self._token:
            with self._lock:
                self._token = self._token or self._got()
        return "Authorization", f"Bearer {self._token}"

    def secrets(self) -> tuple[str, ...]:
        return (*super().secrets(), *((self._token,) if self._token else ()))

    def renew(self) -> bool:
        used = self._token
        with self._lock:
            if self._token == used:
                self._token = self._got()
        return True

    def _got(self) -> str:
        reply = self._http.request("POST", "/oauth/token", form=self._form)
        if reply.status >= 400:
            # The body may hold a token, so it is not told.
            raise AuthError(
                "Pipedrive gives no access token for this refresh token. Connect the OAuth app to "
                "the company again and give the new refresh token.",
                vendor="pipedrive",
                status=reply.status,
                request=reply.request,
            )
        said = reply.json() if reply.status == 200 else None
        token = said.get("access_token") if isinstance(said, dict) else None
        if not isinstance(token, str) or not token:
            raise TransientError("Pipedrive answered without a token.", vendor="pipedrive")
        return token


def credentials_of(config: Config, wire: Wire) -> Credentials:
    """What the options say: the user's token where there is one."""
    if config.api_token:
        return Credentials(header=("x-api-token", config.api_token), secrets=(config.api_token,))
    return RefreshedToken(config, wire)
