"""The options of a `hubspot` destination, typed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from integrations.errors import ConfigError
from integrations.option_values import seconds_in, yes_in

_PROPERTY = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Either `access_token` is given, or the three of an OAuth app. `fields` are the contact
    properties that something is mapped to; `timeout` is in seconds."""

    url: str
    access_token: str = field(repr=False)
    client_id: str
    client_secret: str = field(repr=False)
    refresh_token: str = field(repr=False)
    id_property: str
    adopt: bool
    fields: tuple[str, ...]
    timeout: float

    @classmethod
    def parse(cls, options: Mapping[str, str]) -> Config:
        """Options as a person gave them; ConfigError says what is wrong."""
        _check_credentials(options)
        return cls(
            url=options["url"].rstrip("/"),
            access_token=options["access_token"],
            client_id=options["client_id"],
            client_secret=options["client_secret"],
            refresh_token=options["refresh_token"],
            id_property=_property(options["id_property"]),
            adopt=yes_in(options["adopt"], vendor="hubspot"),
            fields=tuple(
                dict.fromkeys(
                    value for name, value in options.items() if name.startswith("field_") and value
                )
            ),
            timeout=seconds_in(options["timeout"], vendor="hubspot"),
        )


def _check_credentials(options: Mapping[str, str]) -> None:
    of_app = [options[name] for name in ("client_id", "client_secret", "refresh_token")]
    if not options["access_token"] and not all(of_app):
        raise _fault(
            "Give access_token (of a private app or service key), or client_id, client_secret and "
            "refresh_token (of an OAuth app)."
        )


def _property(text: str) -> str:
    if not _PROPERTY.fullmatch(text):
        raise _fault(
            f"id_property must be a property's internal name (small letters, digits, _), not "
            f"{text!r}."
        )
    return text


def _fault(sentence: str) -> ConfigError:
    return ConfigError(sentence, vendor="hubspot")
