"""The one way out over HTTP: deadlines, sizes, retries, and where it may not go."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from threading import Event, Thread

import pytest

from integrations.errors import AuthError, ConfigError, RateLimited, TransientError, redact
from integrations.http import DEFAULT_WAIT, LONGEST_WAIT, Transport, Wire, waiting_time
from integrations.network import is_public

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
LOOPBACK = frozenset({"127.0.0.1"})
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


class Served:
    """A server that gives one scripted answer per connection."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.asked: list[bytes] = []


@contextmanager
def serving(*answers: Callable[[socket.socket, Event], None]) -> Iterator[Served]:
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(0.1)
    over = Event()
    served = Served(f"http://127.0.0.1:{listener.getsockname()[1]}")

    def serve() -> None:
        waiting = list(answers)
        while waiting and not over.is_set():
            try:
                line, _ = listener.accept()
            except TimeoutError:
                continue
            line.settimeout(5)
            with line:
                try:
                    served.asked.append(line.recv(65_536))
                    waiting.pop(0)(line, over)
                except OSError:
                    continue

    thread = Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield served
    finally:
        over.set()
        thread.join(timeout=5)
        listener.close()


def says(data: bytes) -> Callable[[socket.socket, Event], None]:
    return lambda line, over: line.sendall(data)


def drips(head: bytes) -> Callable[[socket.socket, Event], None]:
    def drip(line: socket.socket, over: Event) -> None:
        line.sendall(head)
        while not over.wait(0.02):
            line.sendall(b"x")

    return drip


def hangs(line: socket.socket, over: Event) -> None:
    over.wait(10)


def transport(url: str, *, attempts: int = 3, **how: object) -> Transport:
    settings: dict[str, object] = {"total_seconds": 5.0, "request_seconds": 2.0} | how
    return Transport(
        vendor="tool",
        base_url=url,
        auth=("me", "very-secret"),
        wire=Wire(private_hosts=LOOPBACK, attempts=attempts),
        **settings,  # type: ignore[arg-type]
    )


def test_an_answer_comes_back_whole() -> None:
    with serving(says(OK)) as served:
        reply = transport(served.url).request("GET", "/x", params={"a": "b c"})
    assert (reply.status, reply.json()) == (200, {})
    assert served.asked[0].startswith(b"GET /x?a=b+c HTTP/1.1\r\n")
    assert b"authorization: basic" in served.asked[0].lower()


@pytest.mark.parametrize(
    "answer",
    [
        hangs,
        drips(b"HTTP/1.1 200 OK\r\nX-Slow: "),
        drips(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"),
        drips(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffff\r\n"),
    ],
    ids=["silence", "slow head", "slow body", "slow chunk"],
)
def test_the_deadline_is_over_the_whole_answer(answer: Callable[..., None]) -> None:
    with serving(answer, answer, answer) as served:
        begun = time.monotonic()
        with pytest.raises(TransientError, match="did not answer in time"):
            transport(served.url, total_seconds=0.6, request_seconds=0.3).request("GET", "/x")
    assert time.monotonic() - begun < 1.5


def test_an_answer_without_end_is_cut_off() -> None:
    def pours(line: socket.socket, over: Event) -> None:
        line.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while not over.is_set():
            line.sendall(b"10000\r\n" + b"x" * 65_536 + b"\r\n")

    with serving(pours) as served, pytest.raises(TransientError, match=r"more than 1,000,000"):
        transport(served.url, max_bytes=1_000_000, attempts=1).request("GET", "/x")


@pytest.mark.parametrize(
    "answer",
    [b"", b"rubbish\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nxx"],
    ids=["nothing", "no http", "half a body"],
)
def test_a_broken_answer_is_tried_again(answer: bytes) -> None:
    with serving(says(answer), says(OK)) as served:
        assert transport(served.url).request("POST", "/x", form={"a": "b"}).status == 200
    assert len(served.asked) == 2


def test_a_short_retry_after_is_waited_for_and_a_long_one_is_handed_on() -> None:
    busy = b"HTTP/1.1 429 Slow\r\nRetry-After: %s\r\nContent-Length: 0\r\n\r\n"
    with serving(says(busy % b"1"), says(OK)) as served:
        begun = time.monotonic()
        assert transport(served.url).request("GET", "/x").status == 200
        assert time.monotonic() - begun >= 1.0
    with serving(says(busy % b"60"), says(OK)) as served:
        with pytest.raises(RateLimited) as caught:
            transport(served.url).request("GET", "/x")
        assert caught.value.retry_after == 60
    assert len(served.asked) == 1


def test_nothing_is_asked_once_it_may_not_be() -> None:
    allowed = [True, False, False, False]
    with serving(says(OK), says(OK)) as served:
        tool = Transport(
            vendor="tool",
            base_url=served.url,
            wire=Wire(private_hosts=LOOPBACK, may_ask=lambda: allowed.pop(0)),
            total_seconds=2.0,
        )
        assert tool.request("PUT", "/x").status == 200
        with pytest.raises(TransientError, match="right to write to this list ran out"):
            tool.request("PUT", "/x")
    assert (len(served.asked), allowed) == (1, [])


def test_a_redirect_is_not_followed() -> None:
    away = b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"
    with serving(says(away)) as served, pytest.raises(ConfigError, match="redirect"):
        transport(served.url).request("GET", "/x")


def test_errors_tell_the_story_without_secrets_and_addresses() -> None:
    body = b"no very-secret for ann@x.example"
    head = b"HTTP/1.1 401 No\r\nContent-Length: %d\r\n\r\n" % len(body)
    with serving(says(head + body)) as served, pytest.raises(AuthError) as caught:
        transport(served.url).request("GET", "/members/ann@x.example")
    said = str(caught.value)
    assert "no [secret] for [address]" in said
    assert "401" in said
    assert "tool" in said
    assert "ann@" not in said
    assert "very-secret" not in said


def test_what_listens_inside_is_not_reached_unless_it_is_allowed() -> None:
    with serving(says(OK)) as served:
        for name in ("127.0.0.1", "localhost", "127.1", "2130706433", "0x7f.1", "[::ffff:7f00:1]"):
            port = served.url.rpartition(":")[2]
            closed = Transport(
                vendor="tool", base_url=f"http://{name}:{port}", wire=Wire(attempts=1)
            )
            with pytest.raises((ConfigError, TransientError)):
                closed.request("GET", "/x")
        assert served.asked == []


@pytest.mark.parametrize("url", ["ftp://x.example", "file:///etc/passwd", "x.example", ""])
def test_only_http_addresses_are_addresses(url: str) -> None:
    with pytest.raises(ConfigError, match="not an http"):
        Transport(vendor="tool", base_url=url, wire=Wire())


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0",  # noqa: S104
        "100.64.0.1", "192.0.0.8", "192.88.99.1", "224.0.0.1", "255.255.255.255", "::1", "::",
        "fe80::1", "fe80::1%eth0", "fc00::1", "fec0::1", "::ffff:127.0.0.1", "::127.0.0.1",
        "64:ff9b::7f00:1", "2002:7f00:1::", "ff02::1", "2001::1",
    ],
)  # fmt: skip
def test_addresses_inside_are_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["93.184.216.34", "8.8.8.8", "2606:4700:4700::1111"])
def test_addresses_of_the_internet_are_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("0", 0.0),
        ("120", 120.0),
        (" 7 ", 7.0),
        ("Mon, 04 May 2026 12:01:00 GMT", 60.0),
        ("Mon, 04 May 2026 11:00:00 GMT", 0.0),
        ("999999999999999999", LONGEST_WAIT),
        ("Mon, 04 May 2099 11:00:00 GMT", LONGEST_WAIT),
        (None, DEFAULT_WAIT),
        ("", DEFAULT_WAIT),
        ("-5", DEFAULT_WAIT),
        ("soon", DEFAULT_WAIT),
        ("1.5", DEFAULT_WAIT),
        ("٣", DEFAULT_WAIT),
    ],
)
def test_retry_after_is_read_with_care(header: str | None, seconds: float) -> None:
    assert waiting_time(header, now=NOW) == seconds


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("for ann@x.example.", "for [address]"),
        ("/member/ann%40x.example/x", "/member/[address]/x"),
        ('{"email": "ann@x.example"}', '{"email": "[address]"}'),
        ("<ann@x.example>", "<[address]>"),
        ("nobody here", "nobody here"),
    ],
)
def test_addresses_are_taken_out(text: str, kept: str) -> None:
    assert redact(text) == kept
