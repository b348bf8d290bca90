"""The options of an `intercom` destination, typed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from integrations.manifest import SEGMENT_FIELDS
from integrations.option_values import seconds_in, yes_in


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """`timeout` in seconds. `adopts`: contacts of the same address without an external id become
    ours. `fields` are the names of the custom attributes that are mapped."""

    url: str
    token: str = field(repr=False)
    adopts: bool
    fields: tuple[str, ...]
    timeout: float

    @classmethod
    def parse(cls, options: Mapping[str, str]) -> Config:
        """Options as a person gave them; ConfigError says what is wrong."""
        mapped = (options[f"field_{name}"] for name in SEGMENT_FIELDS)
        return cls(
            url=options["url"].rstrip("/"),
            token=options["token"],
            adopts=yes_in(options["adopt"], vendor="intercom"),
            fields=tuple(name for name in mapped if name),
            timeout=seconds_in(options["timeout"], vendor="intercom"),
        )
