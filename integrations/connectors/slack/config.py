"""The options of a `slack` destination, typed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from integrations.option_values import seconds_in


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """`team` is blank unless the token is one of a whole organisation; `timeout` in seconds."""

    url: str
    token: str = field(repr=False)
    team: str
    timeout: float

    @classmethod
    def parse(cls, options: Mapping[str, str]) -> Config:
        """Options as a person gave them; ConfigError says what is wrong."""
        return cls(
            url=options["url"].rstrip("/"),
            token=options["token"].strip(),
            team=options["team"].strip(),
            timeout=seconds_in(options["timeout"], vendor="slack"),
        )
