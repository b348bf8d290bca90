"""A proxy between a connector and its tool that cuts lines, anywhere in a request, anywhere in an
answer, and slows them down. Faults below HTTP, where a fake cannot put them."""

from __future__ import annotations

import contextlib
import select
import socket
import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

PIECE = 16_384
SLOW_PIECE = 256


@dataclass(kw_only=True)
class Trouble:
    """What is wrong with the next lines: cut after `count` bytes of their requests or of their
    answers (`where`), or, where `count` is less than nothing, so slow that every SLOW_PIECE bytes
    of them take `pause` seconds."""

    where: str  # "request" or "answer"
    count: int = -1
    pause: float = 0.0
    times: int = 1


WAYS = ("request", "answer")
NONE = Trouble(where="")


@dataclass
class Proxy:
    """Passes everything on, but for what `troubles` say. `cut` counts the lines that were cut."""

    target: tuple[str, int]
    url: str = ""
    troubles: list[Trouble] = field(default_factory=list)
    cut: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self) -> Trouble:
        """What is wrong with a line that opens now."""
        with self.lock:
            for one in self.troubles:
                if one.times > 0:
                    one.times -= 1
                    return one
        return NONE

    def heal(self) -> None:
        with self.lock:
            self.troubles.clear()


@contextmanager
def proxied(url: str) -> Iterator[Proxy]:
    """A proxy in front of an address, on a port of its own."""
    parts = urlsplit(url)
    proxy = Proxy(target=(parts.hostname or "", parts.port or 80))
    server = _Server(("127.0.0.1", 0), _Handler)
    server.proxy = proxy
    proxy.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield proxy
    finally:
        server.shutdown()
        server.server_close()


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True
    request_queue_size = 128
    proxy: Proxy


class _Handler(socketserver.BaseRequestHandler):
    server: _Server

    def handle(self) -> None:
        proxy = self.server.proxy
        trouble = proxy.take()
        with contextlib.suppress(OSError), socket.create_connection(proxy.target) as there:
            for line in (self.request, there):
                # Else every request waits 40 ms for an acknowledgement of its headers.
                line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            asked, said = (trouble if trouble.where == name else NONE for name in WAYS)
            back = threading.Thread(target=self._pump, args=(there, self.request, said, proxy))
            back.start()
            self._pump(self.request, there, asked, proxy)
            back.join(timeout=60)

    def _pump(
        self, source: socket.socket, sink: socket.socket, trouble: Trouble, proxy: Proxy
    ) -> None:
        passed = 0
        with contextlib.suppress(OSError):
            while data := source.recv(SLOW_PIECE if trouble.pause else PIECE):
                if trouble.pause and self._is_left_alone(trouble.pause):
                    # A request that arrives when nobody waits for it any more would be another
                    # fault, which no client can do anything about.
                    self._reset(source, sink)
                    return
                if 0 <= trouble.count <= passed + len(data):
                    sink.sendall(data[: trouble.count - passed])
                    proxy.cut += 1
                    self._reset(source, sink)
                    return
                sink.sendall(data)
                passed += len(data)
            sink.shutdown(socket.SHUT_WR)

    def _is_left_alone(self, pause: float) -> bool:
        """Whether whoever asked hangs up within so many seconds."""
        line = select.poll()
        line.register(self.request, select.POLLRDHUP)
        return bool(line.poll(pause * 1_000))

    def _reset(self, *lines: socket.socket) -> None:
        linger = struct.pack("ii", 1, 0)
        for line in lines:
            with contextlib.suppress(OSError):
                line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                line.shutdown(socket.SHUT_RDWR)
                line.close()
