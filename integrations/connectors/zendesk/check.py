"""What has to be right in a Zendesk account before anything is sent to it."""

from __future__ import annotations

from typing import Any

from integrations.connectors.zendesk.client import ZendeskClient
from integrations.connectors.zendesk.config import Config
from integrations.errors import AuthError, ConfigError

# Kinds of user fields that take any text; a date takes the day somebody entered.
TEXTS = ("text", "textarea")
DATES = {"entered_at": ("date",)}


def check_account(client: ZendeskClient, config: Config) -> str:
    """Who we are there, for people. AuthError and ConfigError say what has to be changed."""
    me = client.me()
    role = _role(me)
    if not client.tagging_is_on():
        raise ConfigError(
            "This Zendesk account has no tags on users: switch “Tags on users and organizations” "
            "on in Admin Center, under People, Configuration, End users.",
            vendor="zendesk",
        )
    check_fields(client, config)
    return role


def _role(me: dict[str, Any]) -> str:
    """Only admins, and agents with a role of the account's own, may change users in bulk. What
    such a role allows cannot be asked."""
    if not me.get("id"):
        raise AuthError("Zendesk takes us for nobody: give its user and token.", vendor="zendesk")
    if me.get("role") == "admin":
        return "an admin"
    if me.get("role") == "agent" and me.get("custom_role_id"):
        return "an agent with a custom role"
    raise ConfigError(
        "These credentials may not change users in bulk: give those of an admin, or of an agent "
        "with a custom role that may manage end users.",
        vendor="zendesk",
    )


def check_fields(client: ZendeskClient, config: Config) -> None:
    """Every mapped user field has to be there, switched on, and take a text. Zendesk passes over
    others without a word."""
    if not config.mapped:
        return
    known = {str(about.get("key")): about for about in client.user_fields()}
    for what, key in config.mapped.items():
        if key not in known:
            raise ConfigError(
                f"Zendesk has no user field with the key {key!r} (for field_{what}); make it in "
                "Admin Center, under People, Configuration, User fields.",
                vendor="zendesk",
            )
        if not known[key].get("active"):
            raise ConfigError(
                f"The user field {key!r} (for field_{what}) is switched off in Zendesk.",
                vendor="zendesk",
            )
        kind = known[key].get("type")
        if kind not in (*TEXTS, *DATES.get(what, ())):
            raise ConfigError(
                f"The user field {key!r} is of the kind {kind!r} and cannot take what field_{what} "
                "writes; map one of the kind text or textarea.",
                vendor="zendesk",
            )


def check_field_tags(client: ZendeskClient, tag: str, name: str) -> None:
    """A tag that a user field sets by itself cannot be kept by anybody else: ConfigError."""
    for about in client.user_fields():
        if tag in _tags_of(about):
            raise ConfigError(
                f"The tag {tag} for {name!r} is set by Zendesk's user field {about.get('key')!r}; "
                "give the audience another name.",
                vendor="zendesk",
            )


def _tags_of(about: dict[str, Any]) -> set[str]:
    options = about.get("custom_field_options") or ()
    values = {str(option.get("value")) for option in options if isinstance(option, dict)}
    return values | {str(about.get("tag") or "")} - {""}
