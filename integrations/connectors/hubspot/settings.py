"""What `check` looks at: the rights of the token, and the contact properties that are written."""

from __future__ import annotations

from urllib.parse import quote

from integrations.connectors.hubspot.client import HubspotClient, expect
from integrations.connectors.hubspot.config import Config
from integrations.errors import ConfigError

SCOPES = (
    "crm.lists.read",
    "crm.lists.write",
    "crm.objects.contacts.read",
    "crm.objects.contacts.write",
)


def check_settings(client: HubspotClient, config: Config) -> str:
    """The account's number, blank where HubSpot does not tell it. AuthError or ConfigError says
    what a person has to change."""
    about = client.token_info()
    _check_scopes(about.get("scopes"))
    _check_key(client, config.id_property)
    for name in config.fields:
        if "{segment}" not in name:
            _writable(client, name)
    return str(about.get("hubId") or about.get("hub_id") or "")


def _check_scopes(said: object) -> None:
    if not isinstance(said, list):
        return
    missing = [scope for scope in SCOPES if scope not in said]
    if missing:
        raise ConfigError(
            f"The token lacks the scopes {', '.join(missing)}. Give them to the app in HubSpot.",
            vendor="hubspot",
        )


def _check_key(client: HubspotClient, name: str) -> None:
    if not _writable(client, name).get("hasUniqueValue"):
        raise ConfigError(
            f"The contact property {name!r} at HubSpot may have one value twice, so it cannot keep "
            "our customer id. Make one with “Require unique values for this property” ticked, and "
            "name it in the option id_property.",
            vendor="hubspot",
        )


def _writable(client: HubspotClient, name: str) -> dict[str, object]:
    reply = client.call("GET", f"/crm/v3/properties/contacts/{quote(name, safe='')}")
    if reply.status == 404:
        raise ConfigError(
            f"HubSpot has no contact property {name!r}. Make it there, or map another; what counts "
            "is the internal name.",
            **reply.story(),
        )
    said: dict[str, object] = expect(reply, dict, "name", "type")
    meant = said.get("modificationMetadata")
    read_only = isinstance(meant, dict) and meant.get("readOnlyValue")
    if read_only or said.get("calculated"):
        raise ConfigError(
            f"The contact property {name!r} cannot be written at HubSpot. Map another.",
            **reply.story(),
        )
    return said
