"""How we say who we are: with a token that lasts, or an OAuth app's that lasts half an hour."""

from __future__ import annotations

import threading

from integrations.connectors.hubspot.config import Config
from integrations.errors import AuthError, TransientError
from integrations.http import Credentials, Reply, Transport, Wire


class BearerToken(Credentials):
    """The token of a private app or service key: it lasts until somebody takes it back."""

    def __init__(self, token: str) -> None:
        super().__init__(header=("Authorization", f"Bearer {token}"), secrets=(token,))
        self._token = token

    def token(self) -> str:
        """What is sent as bearer."""
        return self._token


class RefreshedToken(BearerToken):
    """An OAuth app's: got with the refresh token when it is first needed and after a refusal, kept
    in memory only. Threads that were refused at the same time get one new token."""

    def __init__(self, config: Config, wire: Wire) -> None:
        super().__init__("")
        self._http = Transport(vendor="hubspot", base_url=config.url, wire=wire)
        self._form = {
            "grant_type": "refresh_token",
            "client_id": config.client_id,
            "client_secret": config.client_secret,
            "refresh_token": config.refresh_token,
        }
        self._lock = threading.Lock()

    def header(self) -> tuple[str, str]:
        if not self._token:
            self._first()
        return "Authorization", f"Bearer {self._token}"

    def secrets(self) -> tuple[str, ...]:
        kept = (self._token, self._form["client_secret"], self._form["refresh_token"])
        return tuple(text for text in kept if text)

    def token(self) -> str:
        return self.header()[1].removeprefix("Bearer ")

    def renew(self) -> bool:
        used = self._token
        with self._lock:
            if self._token == used:
                self._token = self._got()
        return True

    def _first(self) -> None:
        with self._lock:
            self._token = self._token or self._got()

    def _got(self) -> str:
        reply = self._http.request("POST", "/oauth/v1/token", form=self._form)
        if reply.status >= 400:
            raise _refused(reply)
        said = reply.json() if reply.status == 200 else None
        token = said.get("access_token") if isinstance(said, dict) else None
        if not isinstance(token, str) or not token:
            raise TransientError("HubSpot answered without a token.", vendor="hubspot")
        return token


def credentials_of(config: Config, wire: Wire) -> BearerToken:
    """What the options say: the lasting token where there is one."""
    if config.access_token:
        return BearerToken(config.access_token)
    return RefreshedToken(config, wire)


def _refused(reply: Reply) -> AuthError:
    # The body may hold a token, so it is not told.
    return AuthError(
        "HubSpot gives no access token for this refresh token. Connect the OAuth app to the "
        "account again and give the new refresh token.",
        vendor="hubspot",
        status=reply.status,
        request=reply.request,
    )
