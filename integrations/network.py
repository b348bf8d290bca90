"""The sockets of `http`: a name is resolved once, every address it has is checked, the one that was
checked is connected to, and nothing takes longer than the deadline of its call."""

from __future__ import annotations

import ipaddress
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import httpcore
import httpx

from integrations.errors import ConfigError


class Pool(httpx.BaseTransport):
    """httpx over a connection pool whose sockets are ours (`Network`)."""

    def __init__(self, network: Network, *, connections: int) -> None:
        self._pool = httpcore.ConnectionPool(
            ssl_context=httpx.create_ssl_context(trust_env=False),
            network_backend=network,
            max_connections=connections,
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


class Network(httpcore.NetworkBackend):
    """Resolves a name once, checks every address it has, connects to the one that was checked, and
    gives each read and write only what is left until `deadline`."""

    def __init__(self, vendor: str, private_hosts: frozenset[str]) -> None:
        self._plain = httpcore.SyncBackend()
        self._vendor = vendor
        self._private_hosts = private_hosts
        # Requests run side by side, and each has a deadline of its own.
        self._own = threading.local()

    def give_until(self, deadline: float) -> None:
        """How long the request that this thread makes next may take (`time.monotonic`)."""
        self._own.deadline = deadline

    def left(self) -> float:
        seconds = float(self._own.deadline) - time.monotonic()
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
    def __init__(self, plain: httpcore.NetworkStream, network: Network) -> None:
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
