"""Bearer tokens: those that last, and those of an OAuth app, which are got anew again and again."""

from __future__ import annotations

import threading
from collections.abc import Mapping

from integrations.errors import AuthError, TransientError
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
        try:
            reply = self._http.request("POST", self._path, form=self._form)
        except AuthError as fault:
            raise self._refusal(fault.status, fault.request) from None
        if reply.status >= 400:
            raise self._refusal(reply.status, reply.request)
        token = _token_in(reply)
        if not token:
            raise TransientError(
                "The tool answered without a token.",
                vendor=reply.vendor,
                status=reply.status,
                request=reply.request,
            )
        return token

    def _refusal(self, status: int | None, request: str) -> AuthError:
        return AuthError(self._refused, vendor=self._http.vendor, status=status, request=request)


def _token_in(reply: Reply) -> str:
    """The token of an answer, blank without one. No error here tells the answer: it may hold a
    token all the same."""
    try:
        said = reply.json() if reply.status == 200 else None
    except TransientError:
        return ""
    token = said.get("access_token") if isinstance(said, dict) else None
    return token if isinstance(token, str) else ""
