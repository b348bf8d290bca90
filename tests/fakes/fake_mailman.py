"""A Mailman that keeps lists like the real one and misbehaves on demand: real HTTP on loopback.

A fault is a function of the write's number (1, 2, 3 …) that says what to do with it; reading goes
wrong on demand too. `requests` is the ledger of everything that was asked.
"""

from __future__ import annotations

import json
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

FINE = "fine"
HANG_SECONDS = 30.0

Fault = Callable[[int], str]


def always(kind: str) -> Fault:
    """Every write goes wrong in this way."""
    return lambda number: kind


def from_the(start: int, kind: str) -> Fault:
    """Writes go well before number `start`, then wrong."""
    return lambda number: kind if number >= start else FINE


def only_the(which: int, kind: str) -> Fault:
    """Exactly one write goes wrong."""
    return lambda number: kind if number == which else FINE


@dataclass
class FakeMailman:
    """`lists` holds the addresses of each list id; `retry_after` is said with a 429; a request that
    names a `poison` address is refused as a whole."""

    url: str = ""
    lists: dict[str, set[str]] = field(default_factory=dict)
    requests: list[tuple[str, str]] = field(default_factory=list)
    writes: int = 0
    on_write: Fault = field(default_factory=lambda: always(FINE))
    on_read: str = FINE
    retry_after: str | None = None
    poison: set[str] = field(default_factory=set)
    lock: threading.RLock = field(default_factory=threading.RLock)
    closing: threading.Event = field(default_factory=threading.Event)

    def heal(self) -> None:
        self.on_write, self.on_read, self.retry_after = always(FINE), FINE, None

    def count(self, method: str) -> int:
        return sum(1 for asked, _ in self.requests if asked == method)


@contextmanager
def running_fake() -> Iterator[FakeMailman]:
    fake = FakeMailman()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(fake))
    server.daemon_threads = True
    server.block_on_close = False
    fake.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield fake
    finally:
        fake.closing.set()
        server.shutdown()
        server.server_close()
        thread.join(timeout=5)


def _handler(fake: FakeMailman) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing: `requests` is the ledger."""

        def do_GET(self) -> None:
            with fake.lock:
                fake.requests.append(("GET", self.path))
                answer = _read(fake, self.path)
            self._misbehave(fake.on_read, lambda: answer)

        def do_POST(self) -> None:
            self._write("POST")

        def do_DELETE(self) -> None:
            self._write("DELETE")

        def _write(self, method: str) -> None:
            length = int(self.headers.get("Content-Length", 0))
            form = parse_qs(self.rfile.read(length).decode())
            path = urlsplit(self.path).path

            def perform() -> tuple[int, Any]:
                with fake.lock:
                    return _perform(fake, method, path, form)

            is_member_write = path.endswith(("/members", "/roster/member"))
            with fake.lock:
                fake.requests.append((method, self.path))
                fake.writes += is_member_write
                kind = fake.on_write(fake.writes) if is_member_write else FINE
                named = {*form.get("emails", ()), *form.get("subscriber", ())}
                kind = "400" if fake.poison & named else kind
            self._misbehave(kind, perform)

        def _misbehave(self, kind: str, perform: Callable[[], tuple[int, Any]]) -> None:
            if kind == FINE:
                self._reply(*perform())
            elif kind.isdigit():
                self._reply(int(kind), {"title": "no"})
            elif kind == "writes, then 500":
                perform()
                self._reply(500, {"title": "no"})
            elif kind == "says yes and does nothing":
                self._reply(201, None)
            elif kind == "nonsense":
                self._reply_raw(200, b"<html>Welcome!</html>")
            elif kind == "empty":
                self._reply_raw(200, b"")
            elif kind == "writes, then resets":
                perform()
                self._reset()
            elif kind == "resets":
                self._reset()
            elif kind == "hangs":
                fake.closing.wait(HANG_SECONDS)
                self.close_connection = True
            elif kind == "drips":
                self._drip(perform())
            elif kind == "huge":
                self._reply_raw(200, b"x" * 20_000_000)
            elif kind == "redirects":
                self.send_response(302)
                self.send_header("Location", f"{fake.url}/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()
            else:
                raise AssertionError(f"no such fault: {kind}")

        def _reply(self, status: int, content: Any) -> None:
            self._reply_raw(status, b"" if content is None else json.dumps(content).encode())

        def _reply_raw(self, status: int, body: bytes) -> None:
            try:
                self.send_response(status)
                if status == 429 and fake.retry_after is not None:
                    self.send_header("Retry-After", fake.retry_after)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
            except OSError:
                self.close_connection = True

        def _drip(self, answer: tuple[int, Any]) -> None:
            head = f"HTTP/1.1 {answer[0]} x\r\nX-Slow: "
            try:
                for letter in head + "y" * 1_000:
                    self.wfile.write(letter.encode())
                    self.wfile.flush()
                    if fake.closing.wait(0.05):
                        break
            except OSError:
                pass
            self.close_connection = True

        def _reset(self) -> None:
            linger = struct.pack("ii", 1, 0)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            self.connection.close()
            self.close_connection = True

        def handle(self) -> None:
            try:
                super().handle()
            except (OSError, ValueError):
                # The other side has gone, or we cut the line ourselves.
                return

        def finish(self) -> None:
            try:
                super().finish()
            except (OSError, ValueError):
                return

    return Handler


def _read(fake: FakeMailman, path: str) -> tuple[int, Any]:
    parts = urlsplit(path)
    names = [unquote(part) for part in parts.path.split("/") if part]
    if names[1:] == ["system", "versions"]:
        return 200, {"mailman_version": "GNU Mailman (fake)"}
    if names[1] == "domains":
        return 404, None
    members = fake.lists.get(names[2])
    if members is None:
        return 404, {"title": "404 Not Found"}
    if len(names) == 3:
        return 200, {"list_id": names[2]}
    query = parse_qs(parts.query)
    count, page = int(query["count"][0]), int(query["page"][0])
    shown = sorted(members)[(page - 1) * count : page * count]
    content: dict[str, Any] = {"start": (page - 1) * count, "total_size": len(members)}
    if shown:
        content["entries"] = [{"email": each} for each in shown]
    return 200, content


def _perform(
    fake: FakeMailman, method: str, path: str, form: dict[str, list[str]]
) -> tuple[int, Any]:
    names = [unquote(part) for part in path.split("/") if part]
    if names[1] == "domains":
        return 201, None
    if method == "POST" and names[1] == "lists":
        list_id = form["fqdn_listname"][0].replace("@", ".")
        if list_id in fake.lists:
            return 400, {"description": "Mailing list exists"}
        fake.lists[list_id] = set()
        return 201, None
    list_id = form["list_id"][0] if method == "POST" else names[2]
    members = fake.lists.get(list_id)
    if members is None:
        return (400, {"description": "No such list"}) if method == "POST" else (404, None)
    return _change(members, method, form)


def _change(members: set[str], method: str, form: dict[str, list[str]]) -> tuple[int, Any]:
    if method == "DELETE":
        said = {address: address in members for address in form["emails"]}
        members.difference_update(form["emails"])
        return 200, {**said, "http_etag": "x"}
    address = form["subscriber"][0]
    if not address.isascii():
        return 400, {"description": 'Invalid Parameter "subscriber": .'}
    if address in members:
        return 409, {"description": "Member already subscribed"}
    members.add(address)
    return 201, None
