"""What `check` looks at: the rights of the user, and the person fields that are written."""

from __future__ import annotations

from integrations.connectors.pipedrive.client import PipedriveClient, data_of
from integrations.connectors.pipedrive.config import Config
from integrations.connectors.pipedrive.fields import PersonFields
from integrations.errors import ConfigError

USERS = "/api/v1/users"


def check_settings(client: PipedriveClient, fields: PersonFields, config: Config) -> str:
    """The company's name. AuthError or ConfigError says what a person has to change."""
    me = data_of(client.call("GET", f"{USERS}/me"), dict)
    rights = data_of(client.call("GET", f"{USERS}/{me.get('id')}/permissions"), dict)
    if rights.get("can_modify_labels") is False:
        raise ConfigError(
            "The user whose token this is may not make labels. Give them the permission “edit "
            "labels” in Pipedrive, or use the token of another user.",
            vendor="pipedrive",
        )
    fields.key(config.id_field)
    for name in config.fields:
        if "{segment}" not in name:
            fields.key(name)
    return str(me.get("company_name") or me.get("company_domain") or "a company")
