"""The options of a `salesforce` destination, typed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from integrations.errors import ConfigError
from integrations.option_values import seconds_in, yes_in

# What a contact is made with, and the field of Salesforce that it is written to.
CONTACT_FIELDS = {"last_name": "LastName", "first_name": "FirstName", "email": "Email"}
_API_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_ACCOUNT = re.compile(r"001[A-Za-z0-9]{12}(?:[A-Za-z0-9]{3})?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """`url` is the My Domain address; `contact` are the fields contacts are made with, `fields`
    those that segments are written to, both by Salesforce's names; `timeout` in seconds."""

    url: str
    client_id: str
    client_secret: str = field(repr=False)
    refresh_token: str = field(repr=False)
    id_field: str
    account: str
    adopt: bool
    opt_out_field: str
    contact: tuple[str, ...]
    fields: tuple[str, ...]
    timeout: float

    @classmethod
    def parse(cls, options: Mapping[str, str]) -> Config:
        """Options as a person gave them; ConfigError says what is wrong."""
        return cls(
            url=options["url"].rstrip("/"),
            client_id=options["client_id"],
            client_secret=options["client_secret"],
            refresh_token=options["refresh_token"],
            id_field=_api_name("id_field", options["id_field"]),
            account=_account(options["account"]),
            adopt=yes_in(options["adopt"], vendor="salesforce"),
            opt_out_field=_api_name("opt_out_field", options["opt_out_field"], blank=True),
            contact=tuple(_made_with(options)),
            fields=tuple(_mapped(options)),
            timeout=seconds_in(options["timeout"], vendor="salesforce"),
        )


def _made_with(options: Mapping[str, str]) -> list[str]:
    return [to for name, to in CONTACT_FIELDS.items() if options.get(f"contact_{name}")]


def _mapped(options: Mapping[str, str]) -> list[str]:
    """Fields whose names are known now; those with the segment's key in it are not."""
    named = [(name, to) for name, to in options.items() if name.startswith("field_") and to]
    return [_api_name(name, to) for name, to in named if "{segment}" not in to]


def _api_name(option: str, text: str, *, blank: bool = False) -> str:
    # Names go into queries, so nothing else may be in them.
    if (blank and not text) or _API_NAME.fullmatch(text):
        return text
    raise ConfigError(
        f"{option} must be the API name of a field of Salesforce's contacts, such as Why__c,"
        f" not {text!r}.",
        vendor="salesforce",
    )


def _account(text: str) -> str:
    if text and not _ACCOUNT.fullmatch(text):
        raise ConfigError(
            f"account must be the id of an account (001…), not {text!r}.", vendor="salesforce"
        )
    return text
