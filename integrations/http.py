"""The one way out to a tool over HTTP.

It keeps a deadline over a whole call (not only per read), a ceiling on the size of an answer,
follows no redirect, tries again what may be tried again, honours Retry-After, keeps to the rate
that the tool allows, renews credentials that ran out, and connects only to addresses that this
installation allows. Connectors speak through `Transport` and nothing else.
"""

from __future__ import annotations

import json
import logging
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import httpcore
import httpx
import stamina

from integrations.errors import (
    AuthError,
    ConfigError,
    IntegrationError,
    PermanentError,
    RateLimited,
    TransientError,
    redact,
)
from integrations.manifest import Limits, Rate
from integrations.network import Network, Pool
from integrations.throttle import Throttle

# What was tried again is told by the error that is left in the end, not by stamina's own log.
stamina.instrumentation.set_on_retry_hooks(())
# And httpx logs every path, in which tools like to have e-mail addresses.
logging.getLogger("httpx").setLevel(logging.WARNING)

USER_AGENT = "segment-catalogue"
# A tool that says "too many" without saying how long gets this many seconds.
DEFAULT_WAIT = 5.0
# Longer waits than a day are taken for a mistake of the tool.
LONGEST_WAIT = 86_400.0


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Wire:
    """What an account's requests go through, given by the core: `limits` are what one request may
    hold, `private_hosts` the loopback and private addresses (`host` or `host:port`) that connectors
    may reach; `throttle` keeps to the rate; a call is tried `attempts` times; `record` is told of
    every request."""

    limits: Limits = Limits(records=1, bytes=1_000_000)
    private_hosts: frozenset[str] = frozenset()
    throttle: Throttle = field(default_factory=lambda: Throttle(name="", rate=Rate()))
    attempts: int = 3
    record: Callable[[Exchange], None] = unrecorded

    @property
    def concurrency(self) -> int:
        """The most requests that may be under way at once."""
        return max(1, self.throttle.rate.concurrency)


@dataclass(frozen=True, slots=True)
class Reply:
    """A complete answer below 500. `text` is decoded as UTF-8, badly encoded bytes replaced;
    `headers` have small names."""

    status: int
    text: str
    vendor: str
    request: str
    secrets: tuple[str, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)

    def json(self) -> Any:
        """The answer as JSON; TransientError when it is none."""
        try:
            return json.loads(self.text)
        except ValueError as fault:
            raise TransientError(
                "The tool answered with something that is not JSON.", **self.story()
            ) from fault

    def refused(self, sentence: str) -> PermanentError:
        """This answer as a refusal for good."""
        return PermanentError(sentence, **self.story())

    def senseless(self, sentence: str) -> TransientError:
        """This answer as one that nothing can be concluded from."""
        return TransientError(sentence, **self.story())

    def story(self) -> dict[str, Any]:
        """What travels with an error about this answer."""
        return {
            "vendor": self.vendor,
            "status": self.status,
            "request": self.request,
            "reply": self.text,
            "secrets": self.secrets,
        }


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


# What a connector makes of an answer before the rules here do: an error to raise, or None.
Judge = Callable[[Reply], IntegrationError | None]


def _no_judge(reply: Reply) -> IntegrationError | None:
    return None


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
        judge: Judge = _no_judge,
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


def judge(answer: Reply) -> IntegrationError | None:
    """What an answer means by its status alone; None for those that a connector has to read."""
    status = answer.status
    if status == 429 or (status == 503 and "retry-after" in answer.headers):
        return asked_to_wait(answer)
    if status in (401, 403):
        return AuthError("The tool refuses our credentials.", **answer.story())
    if 300 <= status < 400:
        return ConfigError(
            "The tool answers with a redirect; give the address it points to.", **answer.story()
        )
    if status >= 500 or status < 200:
        return TransientError("The tool answered with an error of its own.", **answer.story())
    return None


def asked_to_wait(answer: Reply) -> RateLimited:
    """An answer as a wish to wait, as long as its Retry-After says."""
    return RateLimited(
        "The tool asks us to wait before the next request.",
        retry_after=waiting_time(answer.headers.get("retry-after"), now=datetime.now(UTC)),
        **answer.story(),
    )


def waiting_time(header: str | None, *, now: datetime) -> float:
    """Seconds that a Retry-After header asks for: a number or a date; senseless ones count as
    `DEFAULT_WAIT`, and none is longer than a day."""
    seconds = DEFAULT_WAIT
    text = (header or "").strip()
    if text.isascii() and text.isdigit():
        seconds = float(text[:12])
    elif text:
        try:
            at = parsedate_to_datetime(text)
        except ValueError:
            return DEFAULT_WAIT
        aware = at if at.tzinfo else at.replace(tzinfo=UTC)
        seconds = max(0.0, (aware - now).total_seconds())
    return min(seconds, LONGEST_WAIT)


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
