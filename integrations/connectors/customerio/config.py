"""The options of a `customerio` destination, typed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from integrations.errors import ConfigError
from integrations.manifest import SEGMENT_FIELDS
from integrations.option_values import seconds_in, yes_in

_VENDOR = "customerio"
TRACK = {"us": "https://track.customer.io", "eu": "https://track-eu.customer.io"}
APP = {"us": "https://api.customer.io", "eu": "https://api-eu.customer.io"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """`track_url` and `app_url` without paths; `region` is blank where an address was given.
    `adopts`: people of the same address without an id become ours. `fields` are the names of the
    attributes that are mapped. `patience` and `timeout` in seconds."""

    track_url: str
    app_url: str
    region: str
    site_id: str
    track_key: str = field(repr=False)
    app_key: str = field(repr=False)
    adopts: bool
    fields: tuple[str, ...]
    patience: float
    timeout: float

    @classmethod
    def parse(cls, options: Mapping[str, str]) -> Config:
        """Options as a person gave them; ConfigError says what is wrong."""
        region = _one_of("region", options["region"].lower(), tuple(TRACK))
        url = options["url"].rstrip("/")
        mapped = (options[f"field_{name}"] for name in SEGMENT_FIELDS)
        return cls(
            track_url=url or TRACK[region],
            app_url=url or APP[region],
            region="" if url else region,
            site_id=options["site_id"],
            track_key=options["track_key"],
            app_key=options["app_key"],
            adopts=yes_in(options["adopt"], vendor=_VENDOR),
            fields=tuple(name for name in mapped if name),
            patience=seconds_in(options["patience"], vendor=_VENDOR, name="patience", most=300),
            timeout=seconds_in(options["timeout"], vendor=_VENDOR),
        )


def _one_of(name: str, text: str, allowed: tuple[str, ...]) -> str:
    if text not in allowed:
        raise ConfigError(f"{name} must be {' or '.join(allowed)}, not {text!r}.", vendor=_VENDOR)
    return text
