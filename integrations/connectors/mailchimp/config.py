"""The options of a `mailchimp` destination, typed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from integrations.errors import ConfigError
from integrations.option_values import seconds_in

STATUSES = ("subscribed", "pending", "transactional")
# Merge tags that every audience begins with, for what contacts are made with.
CONTACT_FIELDS = {"first_name": "FNAME", "last_name": "LNAME"}
_KEY = re.compile(r"[^\s-]+-([a-z]+[0-9]+)")
_LIST = re.compile(r"[A-Za-z0-9]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """`url` without the API's version; `list_id` is the Mailchimp audience; `status` what new
    contacts are; `mapped` the merge field of each option that names one; `timeout` in seconds."""

    url: str
    key: str = field(repr=False)
    list_id: str
    status: str
    mapped: Mapping[str, str]
    timeout: float

    @classmethod
    def parse(cls, options: Mapping[str, str]) -> Config:
        """Options as a person gave them; ConfigError says what is wrong."""
        return cls(
            url=options["url"].rstrip("/") or _home(options["key"]),
            key=options["key"],
            list_id=_list_id(options["list"].strip()),
            status=_status(options["status"]),
            mapped=_mapped(options),
            timeout=seconds_in(options["timeout"], vendor="mailchimp"),
        )


def _home(key: str) -> str:
    found = _KEY.fullmatch(key)
    if found is None:
        raise ConfigError(
            "The key of Mailchimp does not end in a data centre, as in …-us21; copy all of it.",
            vendor="mailchimp",
        )
    return f"https://{found[1]}.api.mailchimp.com"


def _list_id(text: str) -> str:
    # It becomes part of every path.
    if not _LIST.fullmatch(text):
        raise ConfigError(
            f"{text!r} is not the id of an audience: letters and digits only.", vendor="mailchimp"
        )
    return text


def _status(text: str) -> str:
    if text not in STATUSES:
        raise ConfigError(
            f"status must be one of {', '.join(STATUSES)}, not {text!r}.", vendor="mailchimp"
        )
    return text


def _mapped(options: Mapping[str, str]) -> dict[str, str]:
    fields = {name: tag for name, tag in options.items() if name.startswith("field_") and tag}
    contact = {
        f"contact_{name}": tag
        for name, tag in CONTACT_FIELDS.items()
        if options.get(f"contact_{name}")
    }
    return {**contact, **fields}
