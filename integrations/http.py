"""The one way out to a tool over HTTP.

It keeps a deadline over a whole call (not only per read), a ceiling on the size of an answer,
follows no redirect, tries again what may be tried again, honours Retry-After, and connects only to
addresses that this installation allows. Connectors speak through `Transport` and nothing else.
"""

from __future__ import annotations

import ipaddress
import json
import logging
import random
import socket
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import httpcore
import httpx
import stamina

from integrations.errors import AuthError, ConfigError, PermanentError, RateLimited, TransientError

# What was tried again is told by the error that is left in the end, not by stamina's own log.
stamina.instrumentation.set_on_retry_hooks(())
# And httpx logs every path, in which tools like to have e-mail addresses.
logging.getLogger("httpx").setLevel(logging.WARNING)

USER_AGENT = "segment-catalogue"
# A tool that says "too many" without saying how long gets this many seconds.
DEFAULT_WAIT = 5.0
# Longer waits than a day are taken for a mistake of the tool.
LONGEST_WAIT = 86_400.0


@dataclass(frozen=True, slots=True)
class Reply:
    """A complete answer below 500. `text` is decoded as UTF-8, badly encoded bytes replaced."""

    status: int
    text: str
    vendor: str
    request: str
    secrets: tuple[str, ...] = ()

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

    def story(self) -> dict[str, Any]:
        """What travels with an error about this answer."""
        return {
            "vendor": self.vendor,
            "status": self.status,
            "request": self.request,
            "reply": self.text,
            "secrets": self.secrets,
        }


class Transport:
    """One account of one tool: base address, credentials and the rules above.

    `request_seconds` is the deadline of one attempt, `total_seconds` that of a call with all its
    attempts and waits. Raises TransientError (no usable answer), RateLimited, AuthError (401, 403)
    and ConfigError (an address that is not allowed); other answers are returned as they are.
    """

    def __init__(
        self,
        *,
        vendor: str,
        base_url: str,
        auth: tuple[str, str] | None = None,
        private_hosts: frozenset[str] = frozenset(),
        request_seconds: float = 15.0,
        total_seconds: float = 60.0,
        attempts: int = 3,
        max_bytes: int = 16_000_000,
    ) -> None:
        self.vendor = vendor
        self._base = base_url.rstrip("/")
        self._secrets = tuple(part for part in (auth or ("", ""))[1:] if part)
        self._request_seconds = request_seconds
        self._total_seconds = total_seconds
        self._attempts = attempts
        self._max_bytes = max_bytes
        self._network = _Network(vendor, private_hosts)
        self._client = httpx.Client(
            transport=_Pool(self._network),
            auth=auth,
            headers={"User-Agent": USER_AGENT, "Accept-Encoding": "identity"},
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
    ) -> Reply:
        """One call with its retries. Only for requests that may safely be sent twice."""
        ends_at = time.monotonic() + self._total_seconds
        attempts = stamina.retry_context(
            on=_Patience(ends_at, first_pause=min(0.2, self._total_seconds / 20)),
            attempts=self._attempts,
            timeout=self._total_seconds,
        )
        for attempt in attempts:
            with attempt:
                return self._once(method, path, params, form, ends_at)
        raise AssertionError("stamina yields at least one attempt")

    def _once(
        self,
        method: str,
        path: str,
        params: Mapping[str, Any] | None,
        form: Mapping[str, Any] | None,
        ends_at: float,
    ) -> Reply:
        about = f"{method} {path}"
        self._network.deadline = min(ends_at, time.monotonic() + self._request_seconds)
        try:
            asked = self._client.stream(method, self._base + path, params=params, data=form)
            with asked as reply:
                body = self._body(reply, about)
        except (httpcore.TimeoutException, httpx.TimeoutException) as fault:
            raise self._lost("did not answer in time", about) from fault
        except (
            httpcore.NetworkError,
            httpcore.ProtocolError,
            httpx.TransportError,
            httpx.DecodingError,
        ) as fault:
            raise self._lost("broke off the connection", about) from fault
        except (httpx.InvalidURL, httpcore.UnsupportedProtocol) as fault:
            raise ConfigError(f"{self._base} is not an address.", vendor=self.vendor) from fault
        return self._judge(reply, body, about)

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

    def _judge(self, reply: httpx.Response, body: bytes, about: str) -> Reply:
        status = reply.status_code
        answer = Reply(
            status=status,
            text=body.decode("utf-8", errors="replace"),
            vendor=self.vendor,
            request=about,
            secrets=self._secrets,
        )
        if status == 429 or (status == 503 and "retry-after" in reply.headers):
            seconds = waiting_time(reply.headers.get("retry-after"), now=datetime.now(UTC))
            raise RateLimited(
                "The tool asks us to wait before the next request.",
                retry_after=seconds,
                **answer.story(),
            )
        if status in (401, 403):
            raise AuthError("The tool refuses our credentials.", **answer.story())
        if 300 <= status < 400:
            raise ConfigError(
                "The tool answers with a redirect; give the address it points to.", **answer.story()
            )
        if status >= 500 or status < 200:
            raise TransientError("The tool answered with an error of its own.", **answer.story())
        return answer

    def _lost(self, what: str, about: str) -> TransientError:
        where = urlsplit(self._base).netloc.rpartition("@")[2]
        return TransientError(f"The tool at {where} {what}.", vendor=self.vendor, request=about)


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


class _Pool(httpx.BaseTransport):
    """httpx over a connection pool whose sockets are ours (`_Network`)."""

    def __init__(self, network: _Network) -> None:
        self._pool = httpcore.ConnectionPool(
            ssl_context=httpx.create_ssl_context(trust_env=False), network_backend=network
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        url = request.url
        answer = self._pool.handle_request(
            httpcore.Request(
                method=request.method,
                url=httpcore.URL(
                    scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
                ),
                headers=request.headers.raw,
                content=request.stream,
            )
        )
        return httpx.Response(
            answer.status, headers=answer.headers, stream=_Body(answer), request=request
        )

    def close(self) -> None:
        self._pool.close()


class _Body(httpx.SyncByteStream):
    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        return self._answer.iter_stream()

    def close(self) -> None:
        self._answer.close()


class _Network(httpcore.NetworkBackend):
    """Resolves a name once, checks every address it has, connects to the one that was checked, and
    gives each read and write only what is left until `deadline`."""

    def __init__(self, vendor: str, private_hosts: frozenset[str]) -> None:
        self._plain = httpcore.SyncBackend()
        self._vendor = vendor
        self._private_hosts = private_hosts
        self.deadline = 0.0

    def left(self) -> float:
        seconds = self.deadline - time.monotonic()
        if seconds <= 0:
            raise httpcore.ReadTimeout("the deadline has passed")
        return seconds

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Any = None,
    ) -> httpcore.NetworkStream:
        last: Exception | None = None
        for address in self._allowed(host, port):
            try:
                stream = self._plain.connect_tcp(address, port, self.left(), local_address)
            except httpcore.ConnectError as fault:
                last = fault
            else:
                return _Stream(stream, self)
        raise last or httpcore.ConnectError(f"{host} has no address")

    def _allowed(self, host: str, port: int) -> list[str]:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except OSError as fault:
            raise httpcore.ConnectError(f"{host} is not known: {fault}") from fault
        addresses = [str(entry[4][0]) for entry in found]
        if {host, f"{host}:{port}"} & self._private_hosts or all(map(is_public, addresses)):
            return addresses
        raise ConfigError(
            f"{host}:{port} is an address inside this network, and this installation does not let "
            f"connectors reach it. Add it to PRIVATE_TOOL_HOSTS if that is wanted.",
            vendor=self._vendor,
        )

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


class _Stream(httpcore.NetworkStream):
    def __init__(self, plain: httpcore.NetworkStream, network: _Network) -> None:
        self._plain = plain
        self._network = network

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._plain.read(max_bytes, self._network.left())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._plain.write(buffer, self._network.left())

    def start_tls(
        self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        secured = self._plain.start_tls(ssl_context, server_hostname, self._network.left())
        return _Stream(secured, self._network)

    def get_extra_info(self, info: str) -> Any:
        return self._plain.get_extra_info(info)

    def close(self) -> None:
        self._plain.close()


# What `is_global` wrongly lets through on Python 3.11: addresses that wrap an IPv4 one, and some.
_NOT_PUBLIC = tuple(
    ipaddress.ip_network(net)
    for net in (
        "::/96",
        "::ffff:0:0/96",
        "64:ff9b::/96",
        "64:ff9b:1::/48",
        "2002::/16",
        "2001::/32",
        "fec0::/10",
        "192.0.0.0/24",
        "192.88.99.0/24",
        "224.0.0.0/4",
        "ff00::/8",
    )
)


def is_public(address: str) -> bool:
    """Whether an IP address is one of the open internet."""
    parsed = ipaddress.ip_address(address.partition("%")[0])
    return parsed.is_global and not any(
        parsed in net for net in _NOT_PUBLIC if net.version == parsed.version
    )
