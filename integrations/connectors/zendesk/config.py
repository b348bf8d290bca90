"""The options of a `zendesk` destination, typed."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field

from integrations.option_values import seconds_in, yes_in


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """`header` is what says who we are; `secrets` are all texts that give it away. `mapped` are the
    keys of user fields that are written to, by what is written there. `poll` and `timeout` are in
    seconds."""

    url: str
    header: tuple[str, str] = field(repr=False)
    secrets: tuple[str, ...] = field(repr=False)
    adopts: bool
    mapped: Mapping[str, str]
    poll: float
    timeout: float

    @classmethod
    def parse(cls, options: Mapping[str, str]) -> Config:
        """Options as a person gave them; ConfigError says what is wrong."""
        header, secrets = _credentials(options["user"].strip(), options["token"].strip())
        return cls(
            url=options["url"].rstrip("/"),
            header=header,
            secrets=secrets,
            adopts=yes_in(options["adopt"], vendor="zendesk"),
            mapped=_mapped(options),
            poll=seconds_in(options["poll"], vendor="zendesk", name="poll", most=60),
            timeout=seconds_in(options["timeout"], vendor="zendesk"),
        )


def _credentials(user: str, token: str) -> tuple[tuple[str, str], tuple[str, ...]]:
    """An API token goes with its agent's address as Basic, an OAuth access token as Bearer."""
    if not user:
        return ("Authorization", f"Bearer {token}"), (token,)
    basic = base64.b64encode(f"{user}/token:{token}".encode()).decode()
    return ("Authorization", f"Basic {basic}"), (token, basic, user)


def _mapped(options: Mapping[str, str]) -> dict[str, str]:
    """Only fields that can be looked up: a name with a segment in it differs in every list."""
    about = {name.removeprefix("field_"): key for name, key in options.items() if "field_" in name}
    return {what: key for what, key in about.items() if key and "{segment}" not in key}
