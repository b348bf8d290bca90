"""Where a store's name leads, and whether this installation lets connectors go there.

The packages that speak to stores open connections of their own, so the rule that `network` keeps
for HTTP is kept here for them.
"""

from __future__ import annotations

import asyncio
import socket
from typing import Any
from urllib.parse import urlsplit

from integrations.connectors.files.config import VENDOR
from integrations.connectors.files.stores import extra
from integrations.errors import ConfigError, TransientError
from integrations.network import is_public


def addresses_of(host: str, port: int, private_hosts: frozenset[str]) -> list[str]:
    """Every address of a host. ConfigError if one may not be reached, TransientError if there is
    none."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as fault:
        raise TransientError(f"The address of {host} cannot be found.", vendor=VENDOR) from fault
    addresses = [str(entry[4][0]) for entry in found]
    if {host, f"{host}:{port}"} & private_hosts or all(map(is_public, addresses)):
        return addresses
    raise ConfigError(
        f"{host}:{port} is an address inside this network, and this installation does not let "
        "connectors reach it. Add it to PRIVATE_TOOL_HOSTS if that is wanted.",
        vendor=VENDOR,
    )


def check_url(url: str, private_hosts: frozenset[str]) -> None:
    """ConfigError unless an http(s) address leads where connectors may go."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ConfigError(f"{url!r} is not an http(s) address.", vendor=VENDOR)
    standard = 443 if parts.scheme == "https" else 80
    addresses_of(parts.hostname, parts.port or standard, private_hosts)


def resolver(private_hosts: frozenset[str]) -> Any:
    """An aiohttp resolver that keeps the rule at each connection, whatever a name leads to then."""
    base: Any = extra("aiohttp.abc", package="aiohttp").AbstractResolver

    class Resolver(base):
        async def resolve(
            self, host: str, port: int = 0, family: int = socket.AF_INET
        ) -> list[dict[str, Any]]:
            loop = asyncio.get_running_loop()
            found = await loop.run_in_executor(None, addresses_of, host, port, private_hosts)
            return [_entry(host, port, address) for address in dict.fromkeys(found)]

        async def close(self) -> None:
            """Nothing is kept open."""

    return Resolver()


def _entry(host: str, port: int, address: str) -> dict[str, Any]:
    return {
        "hostname": host,
        "host": address,
        "port": port,
        "family": socket.AF_INET6 if ":" in address else socket.AF_INET,
        "proto": 0,
        "flags": socket.AI_NUMERICHOST,
    }
