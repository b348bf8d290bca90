"""The options of a `klaviyo` destination, typed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from integrations.option_values import seconds_in, yes_in


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """`adopt`: profiles with our address and no external id become ours. `mapped` names the custom
    property of each option that maps one; `timeout` in seconds."""

    url: str
    key: str = field(repr=False)
    adopt: bool
    mapped: Mapping[str, str]
    timeout: float

    @classmethod
    def parse(cls, options: Mapping[str, str]) -> Config:
        """Options as a person gave them; ConfigError says what is wrong."""
        return cls(
            url=options["url"].rstrip("/"),
            key=options["key"],
            adopt=yes_in(options["adopt"], vendor="klaviyo"),
            mapped={name: to for name, to in options.items() if name.startswith("field_") and to},
            timeout=seconds_in(options["timeout"], vendor="klaviyo"),
        )
