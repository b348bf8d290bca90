"""Whether an account is set up so that we can work with it, told before anything is sent."""

from __future__ import annotations

from integrations.connectors.salesforce.client import Description, Row, SalesforceClient
from integrations.connectors.salesforce.config import Config
from integrations.errors import ConfigError

# What our user must be able to do with each kind of record.
RIGHTS = {
    "Contact": ("createable", "updateable"),
    "Campaign": ("createable",),
    "CampaignMember": ("createable", "deletable"),
}
_WORDS = {"createable": "create", "updateable": "edit", "deletable": "delete"}


def check(client: SalesforceClient, config: Config) -> str:
    """A sentence on what answered; AuthError or ConfigError says what is to be done."""
    described = {kind: client.describe(kind) for kind in RIGHTS}
    for kind, about in described.items():
        _check_rights(kind, about)
    contact = described["Contact"]
    _check_id_field(config.id_field, _field(contact, config.id_field))
    if config.opt_out_field:
        _field(contact, config.opt_out_field)
    for name in (*config.contact, *config.fields):
        _check_writable(name, _field(contact, name))
    used = f" ({contact.usage} requests in 24 hours)" if contact.usage else ""
    return f"Salesforce answers at {config.url}{used}."


def _check_rights(kind: str, about: Description) -> None:
    missing = [_WORDS[right] for right in RIGHTS[kind] if not about.rights[right]]
    if missing:
        raise ConfigError(
            f"Our user in Salesforce may not {' and '.join(missing)} records of {kind}: give it a"
            " permission set that lets it, and make it a Marketing User.",
            vendor="salesforce",
        )


def _field(about: Description, name: str) -> Row:
    if name not in about.fields:
        raise ConfigError(
            f"Salesforce's contacts have no field {name}, or our user may not see it: make it in"
            " Setup (Object Manager, Contact, Fields), or give the user's profile access to it.",
            vendor="salesforce",
        )
    return about.fields[name]


def _check_writable(name: str, about: Row) -> None:
    if not (about.get("createable") and about.get("updateable")):
        raise ConfigError(
            f"The field {name} of Salesforce's contacts cannot be written by us: it is calculated,"
            " kept by Salesforce, or read-only for our user.",
            vendor="salesforce",
        )


def _check_id_field(name: str, about: Row) -> None:
    _check_writable(name, about)
    wanted = {"externalId": "an external id", "unique": "unique", "caseSensitive": "case sensitive"}
    missing = [words for key, words in wanted.items() if about.get(key) is not True]
    if missing:
        raise ConfigError(
            f"The field {name} of Salesforce's contacts must be {' and '.join(missing)}, so that"
            " no two customers are taken for one.",
            vendor="salesforce",
        )
