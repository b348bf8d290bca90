"""The options of a `mailman` destination, typed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from integrations.errors import ConfigError
from integrations.option_values import seconds_in

_DOMAIN = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """`url` without the API's version; `timeout` in seconds."""

    url: str
    user: str
    password: str = field(repr=False)
    domain: str
    style: str
    timeout: float

    @classmethod
    def parse(cls, options: Mapping[str, str]) -> Config:
        """Options as a person gave them; ConfigError says what is wrong."""
        domain = options["domain"].lower()
        if not _DOMAIN.fullmatch(domain):
            raise ConfigError(f"{options['domain']!r} is not a mail domain.", vendor="mailman")
        return cls(
            url=options["url"].rstrip("/"),
            user=options["user"],
            password=options["password"],
            domain=domain,
            style=options["style"],
            timeout=seconds_in(options["timeout"], vendor="mailman"),
        )
