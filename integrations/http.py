"""The one way out to a tool over HTTP.

It keeps a deadline over a whole call (not only per read), a ceiling on the size of an answer,
follows no redirect, tries again what may be tried again, honours Retry-After, keeps to the rate
that the tool allows, renews credentials that ran out, and connects only to addresses that this
installation allows. Connectors speak through `Transport` and nothing else.
"""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpcore
import httpx
import stamina

from integrations.errors import AuthError, ConfigError, RateLimited, TransientError, redact
from integrations.network import Network, Pool
from integrations.reply import DEFAULT_WAIT as DEFAULT_WAIT
from integrations.reply import LONGEST_WAIT as LONGEST_WAIT
from integrations.reply import Judge, Reply, judge, no_judge
from integrations.reply import asked_to_wait as asked_to_wait
from integrations.reply import waiting_time as waiting_time
from integrations.wire import Credentials, Exchange, Wire
from integrations.wire import unrecorded as unrecorded

# What was tried again is told by the error that is left in the end, not by stamina's own log.
stamina.instrumentation.set_on_retry_hooks(())
# And httpx logs every path, in which tools like to have e-mail addresses.
logging.getLogger("httpx").setLevel(logging.WARNING)

USER_AGENT = "segment-catalogue"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """One call: everything that is the same in all its attempts. `ends_at` is of
    `time.monotonic`."""

    method: str
    path: str
    params: Mapping[str, Any] | None
    form: Mapping[str, Any] | None
    body: Any
    headers: Mapping[str, str]
    ends_at: float

    @property
    def about(self) -> str:
        return f"{self.method} {self.path}"


class Transport:
    """One account of one tool: base address, credentials and the rules above.

    `request_seconds` is the deadline of one attempt, `total_seconds` that of a call with all its
    attempts and waits. Raises TransientError (no usable answer), RateLimited, AuthError (401, 403)
    and ConfigError (an address that is not allowed); other answers are returned as they are.
    `judge` sees every answer first, for tools whose status codes mean something else.
    May be used by several threads at once.
    """

    def __init__(
        self,
        *,
        vendor: str,
        base_url: str,
        wire: Wire,
        auth: tuple[str, str] | None = None,
        credentials: Credentials | None = None,
        headers: Mapping[str, str] | None = None,
        judge: Judge = no_judge,
        request_seconds: float = 15.0,
        total_seconds: float = 60.0,
        max_bytes: int = 16_000_000,
    ) -> None:
        self.vendor = vendor
        self._base = base_url.rstrip("/")
        self._wire = wire
        self._password = tuple(part for part in (auth or ("", ""))[1:] if part)
        self._credentials = credentials or Credentials()
        self._judge = judge
        self._request_seconds = request_seconds
        self._total_seconds = total_seconds
        self._max_bytes = max_bytes
        self._resting_until = 0.0
        self._network = Network(vendor, wire.private_hosts)
        self._client = httpx.Client(
            transport=Pool(self._network, connections=wire.concurrency),
            auth=auth,
            headers={
                "User-Agent": USER_AGENT,
                "Accept-Encoding": "identity",
                **(headers or {}),
            },
            follow_redirects=False,
            trust_env=False,
        )
        if urlsplit(self._base).scheme not in ("http", "https"):
            raise ConfigError(f"{base_url!r} is not an http(s) address.", vendor=vendor)

    def request(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        form: Mapping[str, Any] | None = None,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """One call with its retries. Only for requests that may safely be sent twice. `form` is
        sent as a form, `body` as JSON (bytes and texts as they are)."""
        ends_at = time.monotonic() + self._total_seconds
        asked = _Asked(
            method=method,
            path=path,
            params=params,
            form=form,
            body=body,
            headers=headers or {},
            ends_at=ends_at,
        )
        attempts = stamina.retry_context(
            on=_Patience(ends_at, first_pause=min(0.2, self._total_seconds / 20)),
            attempts=self._wire.attempts,
            timeout=self._total_seconds,
        )
        for attempt in attempts:
            with attempt:
                return self._renewing(asked)
        raise AssertionError("stamina yields at least one attempt")

    def _renewing(self, asked: _Asked) -> Reply:
        used = self._credentials.header()
        try:
            return self._once(asked)
        except AuthError as fault:
            # Another thread may have renewed them meanwhile.
            is_new = self._credentials.header() != used
            if fault.status != 401 or not (is_new or self._credentials.renew()):
                raise
            return self._once(asked)

    def _once(self, asked: _Asked) -> Reply:
        self._rest(asked.ends_at)
        throttle = self._wire.throttle
        left = asked.ends_at - time.monotonic()
        with throttle.turn(until=throttle.now() + max(left, 0.0)):
            if not self._wire.may_ask():
                raise TransientError(
                    "The right to write to this list ran out before this was asked.",
                    vendor=self.vendor,
                    request=asked.about,
                )
            try:
                return self._exchange(asked)
            except RateLimited as fault:
                asked_at = time.monotonic()
                self._resting_until = max(self._resting_until, asked_at + fault.retry_after)
                raise

    def _rest(self, ends_at: float) -> None:
        """Wait as long as the tool has asked any of our requests to wait."""
        now = time.monotonic()
        if self._resting_until > ends_at:
            raise RateLimited(
                "The tool asks us to wait before the next request.",
                retry_after=self._resting_until - now,
                vendor=self.vendor,
            )
        if self._resting_until > now:
            time.sleep(self._resting_until - now)

    def _exchange(self, asked: _Asked) -> Reply:
        began = time.monotonic()
        self._network.give_until(min(asked.ends_at, began + self._request_seconds))
        request = self._built(asked)
        status, body = None, b""
        try:
            reply = self._client.send(request, stream=True)
            status = reply.status_code
            try:
                body = self._body(reply, asked.about)
            finally:
                reply.close()
        except (httpcore.TimeoutException, httpx.TimeoutException) as fault:
            raise self._lost("did not answer in time", asked.about) from fault
        except (
            httpcore.NetworkError,
            httpcore.ProtocolError,
            httpx.TransportError,
            httpx.DecodingError,
        ) as fault:
            raise self._lost("broke off the connection", asked.about) from fault
        except httpcore.UnsupportedProtocol as fault:
            raise ConfigError(f"{self._base} is not an address.", vendor=self.vendor) from fault
        finally:
            self._note(asked, request, status, len(body), began)
        return self._judged(reply, body, asked.about)

    def _built(self, asked: _Asked) -> httpx.Request:
        name, value = self._credentials.header()
        headers = {**asked.headers, **({name: value} if name else {})}
        content: dict[str, Any] = {"data": asked.form}
        if isinstance(asked.body, bytes | str):
            content = {"content": asked.body}
        elif asked.body is not None:
            content = {"json": asked.body}
        try:
            return self._client.build_request(
                asked.method,
                self._base + asked.path,
                params=asked.params,
                headers=headers,
                **content,
            )
        except httpx.InvalidURL as fault:
            raise ConfigError(f"{self._base} is not an address.", vendor=self.vendor) from fault

    def _note(
        self, asked: _Asked, request: httpx.Request, status: int | None, received: int, began: float
    ) -> None:
        self._wire.record(
            Exchange(
                method=asked.method,
                path=redact(asked.path, self._secrets()),
                status=status,
                milliseconds=round((time.monotonic() - began) * 1000),
                sent_bytes=int(request.headers.get("content-length", 0)),
                received_bytes=received,
            )
        )

    def _secrets(self) -> tuple[str, ...]:
        return (*self._password, *self._credentials.secrets())

    def _body(self, reply: httpx.Response, about: str) -> bytes:
        body = bytearray()
        for piece in reply.iter_bytes():
            body += piece
            if len(body) > self._max_bytes:
                raise TransientError(
                    f"The tool sent more than {self._max_bytes:,} bytes.",
                    vendor=self.vendor,
                    status=reply.status_code,
                    request=about,
                )
        return bytes(body)

    def _judged(self, reply: httpx.Response, body: bytes, about: str) -> Reply:
        answer = Reply(
            status=reply.status_code,
            text=body.decode("utf-8", errors="replace"),
            vendor=self.vendor,
            request=about,
            secrets=self._secrets(),
            headers={name.lower(): value for name, value in reply.headers.items()},
        )
        fault = self._judge(answer) or judge(answer)
        if fault is not None:
            raise fault
        return answer

    def _lost(self, what: str, about: str) -> TransientError:
        where = urlsplit(self._base).netloc.rpartition("@")[2]
        return TransientError(f"The tool at {where} {what}.", vendor=self.vendor, request=about)


class _Patience:
    """Whether to try again, and after how many seconds; never beyond the deadline of the call."""

    def __init__(self, ends_at: float, *, first_pause: float) -> None:
        self._ends_at = ends_at
        self._pause = first_pause

    def __call__(self, error: Exception) -> bool | float:
        if isinstance(error, RateLimited):
            pause = error.retry_after
        elif isinstance(error, TransientError):
            # Jitter keeps many lists from coming back to a tool all at once.
            pause = self._pause * random.uniform(1.0, 2.0)  # noqa: S311
            self._pause *= 2
        else:
            return False
        return pause if pause < self._ends_at - time.monotonic() else False
