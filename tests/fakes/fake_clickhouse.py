"""ClickHouse's HTTP interface on a real socket, before the embedded engine: what a client sends is
really run. It knows no logins, no sessions apart from one, and no compression."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import parse_qsl, urlsplit

KEPT = ("max_execution_time", "final")


@contextmanager
def fake_clickhouse(*statements: str) -> Iterator[str]:
    """The address of a server with a database `shop`, after these statements were run in it."""
    from chdb.session import Session

    session = Session()
    for statement in ("CREATE DATABASE shop", "USE shop", *statements):
        session.query(statement)
    with TemporaryDirectory() as folder:
        server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(session, Path(folder)))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"clickhouse://reader:secret@127.0.0.1:{server.server_port}/shop"
        finally:
            server.shutdown()
            server.server_close()
            session.close()


def _handler(session: Any, folder: Path) -> type[BaseHTTPRequestHandler]:
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._answer(200, b"Ok.\n")

        def do_POST(self) -> None:
            params = dict(parse_qsl(urlsplit(self.path).query))
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            try:
                with lock:
                    self._answer(200, self._run(params, body))
            except Exception as error:  # noqa: BLE001 (whatever the engine says is the answer)
                self._answer(500, str(error).encode())

        def _run(self, params: dict[str, str], body: bytes) -> bytes:
            for name in KEPT:
                if name in params:
                    session.query(f"SET {name} = {params[name]}")
            if body.startswith(b"INSERT") and b"\n" in body:
                return self._insert(*body.split(b"\n", 1))
            query = params.get("query") or body.decode()
            form = params.get("default_format", "TabSeparated")
            return bytes(session.query(query, form).bytes())

        def _insert(self, statement: bytes, rows: bytes) -> bytes:
            into, _, form = statement.decode().partition(" FORMAT ")
            (folder / "sent").write_bytes(rows)
            session.query(f"{into} SELECT * FROM file('{folder / 'sent'}', {form})")
            return b""

        def _answer(self, status: int, content: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *args: object) -> None:
            pass

    return Handler
