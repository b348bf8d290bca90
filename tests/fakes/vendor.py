"""What all fake vendors share: real HTTP on loopback, a ledger of every request, and bad behaviour
on demand.

A fake of one vendor subclasses `FakeVendor`: it keeps everything it knows in `state` (so that a
request can be answered and then undone), answers requests as the vendor documents, and calls
`changed` for every membership that really changed. Ledger and state are the oracle of all tests.
"""

from __future__ import annotations

import copy
import json
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from tests.fakes.exchange import Answer as Answer
from tests.fakes.exchange import Asked as Asked
from tests.fakes.exchange import Entry as Entry
from tests.fakes.exchange import Fault as Fault
from tests.fakes.exchange import Membership as Membership
from tests.fakes.exchange import in_seconds as in_seconds
from tests.fakes.exchange import in_the_past as in_the_past

HANG_SECONDS = 30.0
HUGE = 20_000_000
# The line breaks after whatever changed who is on a list; all else is answered.
LOSES_CHANGES = "changes a list, then resets"
# How a request can go wrong, besides by a status ("429", "500", …) that nothing is written with.
FAULTS = (
    "writes, then 500",
    "writes half, then resets",
    "writes, then resets",
    "resets",
    "says yes and does nothing",
    "empty",
    "nonsense",
    "wrong types",
    "hangs",
    "drips",
    "huge",
    "redirects",
)


class FakeVendor:
    """One account of a fake tool. `latency` is waited before each answer, in seconds; more than
    `most_open` requests at once are answered with 429 (0: any number)."""

    def __init__(self) -> None:
        self.url = ""
        self.state: Any = None
        self.latency = 0.0
        self.most_open = 0
        self.peak_open = 0
        self.ledger: list[Entry] = []
        self.memberships: list[Membership] = []
        self.faults: list[Fault] = []
        self.poison: set[str] = set()
        self.lock = threading.RLock()
        self.closing = threading.Event()
        self._open = 0
        self._count = 0
        self._changes = 0
        self._hand = "api"

    # -- what a vendor's own fake says -----------------------------------------------------------

    def answer(self, asked: Asked) -> Answer:
        """The vendor's answer to a request, `state` changed by it. Called with `lock` held."""
        raise NotImplementedError

    def half(self, asked: Asked) -> Asked | None:
        """The same request with about half of its records, for "writes half, then resets"; None
        where a request holds a single one."""
        return None

    def is_write(self, asked: Asked) -> bool:
        """Whether a request changes who is on a list: those are what faults mean by a write."""
        return asked.method != "GET"

    def members(self, audience: str) -> set[str]:
        """The identities (as `Record.identity`, in their canonical form) on a list now."""
        raise NotImplementedError

    # -- for tests -------------------------------------------------------------------------------

    def changed(self, audience: str, identity: str, *, is_added: bool) -> None:
        """A membership really changed; called by `answer` and by hands."""
        self._changes += 1
        self.memberships.append(
            Membership(
                at=time.monotonic(),
                audience=audience,
                identity=identity,
                is_added=is_added,
                by=self._hand,
            )
        )

    @contextmanager
    def by_hand(self) -> Iterator[None]:
        """What happens inside was done by somebody else than us."""
        with self.lock:
            self._hand = "hand"
            try:
                yield
            finally:
                self._hand = "api"

    def break_writes(self, kind: str, **about: Any) -> Fault:
        """The next writes go wrong; see Fault."""
        return self._break(Fault(kind, wanted=self.is_write, **about))

    def break_reads(self, kind: str, **about: Any) -> Fault:
        """The next requests that are no writes go wrong."""
        return self._break(Fault(kind, wanted=lambda asked: not self.is_write(asked), **about))

    def break_all(self, kind: str, **about: Any) -> Fault:
        """The next requests of any kind go wrong."""
        return self._break(Fault(kind, **about))

    def _break(self, fault: Fault) -> Fault:
        with self.lock:
            self.faults.append(fault)
        return fault

    def heal(self) -> None:
        """From now on everything goes well."""
        with self.lock:
            self.faults.clear()

    def writes(self) -> list[Asked]:
        """Every write that was asked for, in order."""
        with self.lock:
            return [entry.asked for entry in self.ledger if self.is_write(entry.asked)]

    # -- the machinery ---------------------------------------------------------------------------

    def number(self) -> int:
        with self.lock:
            self._count += 1
            return self._count

    def fault_for(self, asked: Asked) -> Fault | None:
        with self.lock:
            return next((fault for fault in self.faults if fault.takes(asked)), None)

    def perform(self, asked: Asked) -> tuple[Answer, int]:
        """Answer, and how many memberships changed by it."""
        with self.lock:
            before = self._changes
            answer = self.answer(asked)
            return answer, self._changes - before

    def pretend(self, asked: Asked) -> Answer:
        """The answer, and nothing changed by it."""
        with self.lock:
            kept = copy.deepcopy(self.state), list(self.memberships), self._changes
            answer = self.answer(asked)
            self.state, self.memberships, self._changes = kept
            return answer

    def note(
        self,
        asked: Asked,
        status: int | None,
        fault: str,
        changes: int,
        retry_after: str | None = None,
    ) -> None:
        with self.lock:
            self.ledger.append(
                Entry(
                    asked=asked,
                    status=status,
                    fault=fault,
                    changes=changes,
                    retry_after=retry_after,
                )
            )

    @contextmanager
    def opened(self) -> Iterator[bool]:
        """One request under way; yields whether it is one too many."""
        with self.lock:
            self._open += 1
            self.peak_open = max(self.peak_open, self._open)
            too_many = bool(self.most_open) and self._open > self.most_open
        try:
            yield too_many
        finally:
            with self.lock:
                self._open -= 1


@contextmanager
def running(fake: FakeVendor) -> Iterator[FakeVendor]:
    """The fake behind a port of its own, for as long as the block lasts."""
    server = _Server(("127.0.0.1", 0), _handler(fake))
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


# Whoever asks with these says how long the body is, even if there is none.
WITH_BODIES = ("POST", "PUT", "PATCH")


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128


def _handler(fake: FakeVendor) -> type[BaseHTTPRequestHandler]:
    class Handler(_Handler):
        vendor = fake

    return Handler


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    vendor: FakeVendor

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: the ledger is kept by the fake."""

    def __getattr__(self, name: str) -> Callable[[], None]:
        if name.startswith("do_"):
            return self._serve
        raise AttributeError(name)

    def parse_request(self) -> bool:
        self._arrived = time.monotonic()
        return super().parse_request()

    def _serve(self) -> None:
        asked = self._read()
        with self.vendor.opened() as too_many:
            fault = self.vendor.fault_for(asked)
            if too_many and fault is None:
                fault = Fault("429")
            if fault is None:
                answer, changes = self.vendor.perform(asked)
                self.vendor.note(asked, answer.status, "", changes)
                written = replace(answer, content=_bytes(answer.content))
                self._take_time()
                self._say(written)
            elif fault.kind == LOSES_CHANGES:
                self._lose_changes(asked)
            else:
                self._misbehave(asked, fault)

    def _take_time(self) -> None:
        """Answers come so long after the question, whatever it took to read it and to work them
        out."""
        left = self._arrived + self.vendor.latency - time.monotonic()
        if self.vendor.latency and left > 0:
            self.vendor.closing.wait(left)

    def _read(self) -> Asked:
        if self.command in WITH_BODIES and "Content-Length" not in self.headers:
            # The line was cut in the middle of the headers.
            raise OSError("the request was cut off")
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        if len(body) < length:
            raise OSError("the request was cut off")
        parts = urlsplit(self.path)
        query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        return Asked(
            number=self.vendor.number(),
            at=time.monotonic(),
            method=self.command,
            path=unquote(parts.path),
            query=query,
            headers={name.lower(): value for name, value in self.headers.items()},
            body=body,
        )

    def _lose_changes(self, asked: Asked) -> None:
        answer, changes = self.vendor.perform(asked)
        self.vendor.note(asked, answer.status, LOSES_CHANGES if changes else "", changes)
        if changes:
            self._reset()
        else:
            self._say(answer)

    def _misbehave(self, asked: Asked, fault: Fault) -> None:
        kind, changes, status = fault.kind, 0, None
        if kind.startswith("writes half"):
            half = self.vendor.half(asked) if self.vendor.is_write(asked) else None
            changes = 0 if half is None else self.vendor.perform(half)[1]
        elif kind.startswith("writes"):
            changes = self.vendor.perform(asked)[1]
        self.vendor.note(asked, status, kind, changes, fault.retry_after)
        if kind.isdigit():
            self._say(_refusal(int(kind), fault.retry_after))
        elif kind == "says yes and does nothing":
            self._say(self.vendor.pretend(asked))
        elif kind == "writes, then 500":
            self._say(_refusal(500, None))
        elif kind in ("empty", "nonsense", "wrong types", "huge", "redirects"):
            self._say(_odd(kind, self.vendor.url))
        elif kind == "hangs":
            self.vendor.closing.wait(HANG_SECONDS)
            self.close_connection = True
        elif kind == "drips":
            self._drip()
        elif kind.endswith("resets"):
            self._reset()
        else:
            raise AssertionError(f"no such fault: {kind}")

    def _say(self, answer: Answer) -> None:
        body = _bytes(answer.content)
        try:
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        except OSError:
            self.close_connection = True

    def _drip(self) -> None:
        try:
            for letter in "HTTP/1.1 200 x\r\nX-Slow: " + "y" * 1_000:
                self.wfile.write(letter.encode())
                self.wfile.flush()
                if self.vendor.closing.wait(0.05):
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


def _bytes(content: Any) -> bytes:
    if content is None:
        return b""
    return content if isinstance(content, bytes) else json.dumps(content).encode()


def _refusal(status: int, retry_after: str | None) -> Answer:
    headers = {} if retry_after is None else {"Retry-After": retry_after}
    return Answer(status=status, content={"message": "no"}, headers=headers)


def _odd(kind: str, url: str) -> Answer:
    return {
        "empty": Answer(content=b""),
        "nonsense": Answer(content=b"<html>Welcome!</html>"),
        "wrong types": Answer(content=[[None, 7], {"id": {"a": []}}]),
        "huge": Answer(content=b"x" * HUGE),
        "redirects": Answer(status=302, headers={"Location": f"{url}/elsewhere"}),
    }[kind]
