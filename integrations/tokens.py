"""Bearer tokens: those that last, and those of an OAuth app, which are got anew again and again."""

from __future__ import annotations

import threading
from collections.abc import Mapping

from integrations.errors import AuthError
from integrations.http import Credentials, Reply, Transport


class BearerToken(Credentials):
    """A token that lasts until somebody takes it back."""

    def __init__(self, token: str, *, secrets: tuple[str, ...] = ()) -> None:
        super().__init__(secrets=secrets)
        self._token = token

    def header(self) -> tuple[str, str]:
        return "Authorization", f"Bearer {self.token()}"

    def secrets(self) -> tuple[str, ...]:
        return (*super().secrets(), *((self._token,) if self._token else ()))

    def token(self) -> str:
        """What is sent as bearer."""
        return self._token


class RefreshedToken(BearerToken):
    """An OAuth app's access token (RFC 6749, section 6): got with a refresh token when it is first
    needed and after a refusal, kept in memory only. Threads that were refused at the same time get
    one new token.

    `form` is what is posted to `path`; `refused` is the sentence for whoever runs the installation
    when there is no token for it (AuthError).
    """

    def __init__(
        self,
        http: Transport,
        path: str,
        form: Mapping[str, str],
        *,
        secrets: tuple[str, ...],
        refused: str,
    ) -> None:
        super().__init__("", secrets=secrets)
        self._http = http
        self._path = path
        self._form = {"grant_type": "refresh_token", **form}
        self._refused = refused
        self._lock = threading.Lock()

    def token(self) -> str:
        if not self._token:
            with self._lock:
                self._token = self._token or self._got()
        return self._token

    def renew(self) -> bool:
        used = self._token
        with self._lock:
            if self._token == used:
                self._token = self._got()
        return True

    def _got(self) -> str:
        reply = self._http.request("POST", self._path, form=self._form)
        if reply.status >= 400:
            raise self._refusal(reply)
        said = reply.json() if reply.status == 200 else None
        token = said.get("access_token") if isinstance(said, dict) else None
        if not isinstance(token, str) or not token:
            raise _without_words(reply).senseless("The tool answered without a token.")
        return token

    def _refusal(self, reply: Reply) -> AuthError:
        return AuthError(self._refused, **_without_words(reply).story())


def _without_words(reply: Reply) -> Reply:
    # The body may hold a token, so it is not told.
    return Reply(status=reply.status, text="", vendor=reply.vendor, request=reply.request)
