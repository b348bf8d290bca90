"""The options of a `webhook` destination, typed."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from integrations.errors import ConfigError
from integrations.option_values import seconds_in

PREFIX = "whsec_"
# A receiver takes no message that is older than five minutes; all attempts of one fit into four.
LONGEST_TIMEOUT = 240
# What the specification asks of a symmetric secret, in bytes.
SHORTEST_SECRET, LONGEST_SECRET = 24, 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """`secrets` are as they were given, `keys` the bytes they stand for, the newest first. `tells`:
    the receiver's answers say what was taken. `timeout` in seconds."""

    url: str
    read_url: str
    secrets: tuple[str, ...] = field(repr=False)
    keys: tuple[bytes, ...] = field(repr=False)
    tells: bool
    timeout: float

    @classmethod
    def parse(cls, options: Mapping[str, str], private_hosts: Collection[str]) -> Config:
        """Options as a person gave them; ConfigError says what is wrong. Only `private_hosts` may
        be spoken to in clear."""
        secrets = tuple(options["secret"].split())
        if not secrets:
            raise ConfigError("secret is blank: give the signing secret.", vendor="webhook")
        return cls(
            url=_address("url", options["url"], private_hosts),
            read_url=_address("read_url", options["read_url"], private_hosts),
            secrets=secrets,
            keys=tuple(map(_key, secrets)),
            tells=_tells(options["answers"]),
            timeout=seconds_in(options["timeout"], vendor="webhook", most=LONGEST_TIMEOUT),
        )


def _address(option: str, text: str, private_hosts: Collection[str]) -> str:
    parts = urlsplit(text)
    is_near = {parts.hostname or "", parts.netloc} & set(private_hosts)
    if text and parts.scheme != "https" and not is_near:
        raise ConfigError(
            f"{option} must begin with https://, for people's data goes there.", vendor="webhook"
        )
    return text


def _key(secret: str) -> bytes:
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not secret.startswith(PREFIX) or not SHORTEST_SECRET <= len(key) <= LONGEST_SECRET:
        raise ConfigError(
            f"A signing secret is {PREFIX} and then {SHORTEST_SECRET} to {LONGEST_SECRET} random"
            " bytes in base64; one that was given is not.",
            vendor="webhook",
        )
    return key


def _tells(text: str) -> bool:
    if text not in ("status", "body"):
        raise ConfigError(f"answers must be status or body, not {text!r}.", vendor="webhook")
    return text == "body"
