"""The options of a `pipedrive` destination, typed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from integrations.errors import ConfigError
from integrations.option_values import seconds_in, yes_in


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Either `api_token` is given, or the three of an OAuth app. `fields` are the person fields
    that something is mapped to, by name or key; `timeout` is in seconds."""

    url: str
    api_token: str = field(repr=False)
    client_id: str
    client_secret: str = field(repr=False)
    refresh_token: str = field(repr=False)
    oauth_url: str
    id_field: str
    adopt: bool
    campaigns: bool
    fields: tuple[str, ...]
    timeout: float

    @classmethod
    def parse(cls, options: Mapping[str, str]) -> Config:
        """Options as a person gave them; ConfigError says what is wrong."""
        _check_credentials(options)
        if not options["id_field"].strip():
            raise _fault("id_field must name the person field that keeps our customer id.")
        return cls(
            url=options["url"].rstrip("/"),
            api_token=options["api_token"],
            client_id=options["client_id"],
            client_secret=options["client_secret"],
            refresh_token=options["refresh_token"],
            oauth_url=options["oauth_url"].rstrip("/"),
            id_field=options["id_field"].strip(),
            adopt=yes_in(options["adopt"], vendor="pipedrive"),
            campaigns=yes_in(options["campaigns"], vendor="pipedrive", name="campaigns"),
            fields=tuple(
                dict.fromkeys(
                    value for name, value in options.items() if name.startswith("field_") and value
                )
            ),
            timeout=seconds_in(options["timeout"], vendor="pipedrive"),
        )


def _check_credentials(options: Mapping[str, str]) -> None:
    of_app = [options[name] for name in ("client_id", "client_secret", "refresh_token")]
    if not options["api_token"] and not all(of_app):
        raise _fault(
            "Give api_token (of a user), or client_id, client_secret and refresh_token (of an "
            "OAuth app)."
        )


def _fault(sentence: str) -> ConfigError:
    return ConfigError(sentence, vendor="pipedrive")
