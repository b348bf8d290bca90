"""Configured tools: how one is added, opened and checked."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path

from django.db import transaction

from catalogue.models import Via
from catalogue.permissions import Actor, check_can_manage_destinations
from integrations import registry
from integrations.errors import AuthError, ConfigError
from integrations.http import Exchange, unrecorded
from integrations.models import Destination
from integrations.protocol import Connector
from integrations.secrets import is_current, seal, unseal
from integrations.sync.alerting import tell_of_switched_off
from integrations.sync.changes import facts_of, note_change
from integrations.sync.common_options import taken_from
from integrations.sync.identities import Template
from integrations.sync.wires import wire_of
from integrations.wire import always

_KEY = re.compile(r"[a-z0-9][a-z0-9_-]{0,79}")


def save_destination(
    *,
    key: str,
    connector: str,
    options: Mapping[str, str],
    secrets: Mapping[str, str | None] | None = None,
    by: Actor = None,
    via: str = Via.COMMAND,
) -> Destination:
    """Add a destination, or change the one of that name. Nothing is sent. `secrets` are kept
    encrypted: a text is stored, None forgets the one that is, and those not named stay as they are.
    ConfigError says what is wrong with the options; a destination that was off is on again. Raises
    PermissionDenied."""
    check_can_manage_destinations(by)
    if not _KEY.fullmatch(key):
        raise ConfigError(
            f"{key!r} cannot name a destination: use small letters, digits, - and _, at most 80."
        )
    own = dict(options)
    common = taken_from(own, connector)
    identity = common["identity"]
    Template(identity or registry.manifest(connector).identity).check()
    with transaction.atomic():
        there = Destination.objects.select_for_update().filter(key=key).first()
        _refuse_what_would_lose_people(there, connector, identity)
        sealed = _sealed(there, key, own, secrets or {})
        checked = registry.checked_options(connector, own, stored=sealed)
        if by is not None:
            _refuse_to_lead_secrets_away(there, connector, checked, secrets or {})
        before = facts_of(there)
        destination, _ = Destination.objects.update_or_create(
            key=key,
            defaults={
                "connector": connector,
                "options": checked,
                "secrets": sealed,
                **common,
                "off_reason": "",
            },
        )
        kind = "tool.changed" if there else "tool.added"
        note_change(kind, destination, before=before, given=secrets or {}, by=by, via=via)
    return destination


def _sealed(
    there: Destination | None,
    key: str,
    options: Mapping[str, str],
    secrets: Mapping[str, str | None],
) -> dict[str, str]:
    """The stored secrets, with the given ones in place of those they replace."""
    kept = dict(there.secrets) if there is not None else {}
    for name, secret in secrets.items():
        kept.pop(name, None)
        if secret:
            kept[name] = seal(secret, destination=key, option=name)
    # Who says where a secret is found means that one.
    return {name: text for name, text in kept.items() if not options.get(name)}


def _refuse_to_lead_secrets_away(
    there: Destination | None,
    connector: str,
    options: Mapping[str, str],
    secrets: Mapping[str, str | None],
) -> None:
    """On a page nobody has a secret sent to another address without knowing it, and nobody reads a
    file or a variable of the server by calling it a secret."""
    about = registry.manifest(connector)
    before = there.options if there is not None else {}
    named = [option.name for option in about.options if option.secret]
    for name in named:
        if options[name] and options[name] != before.get(name, ""):
            raise ConfigError(
                f"Where the {name} is found on the server is said with manage.py destinations. Here"
                " the secret itself is given, and kept encrypted."
            )
    moved = [o.name for o in about.options if o.address and options[o.name] != before.get(o.name)]
    kept = [name for name in named if not secrets.get(name) and _has_secret(there, name)]
    if moved and kept:
        raise ConfigError(
            f"The {moved[0]} is another one, and the {kept[0]} would be sent there. Give the"
            f" {kept[0]} again."
        )


def _has_secret(destination: Destination | None, name: str) -> bool:
    return destination is not None and bool(
        destination.secrets.get(name) or destination.options.get(name)
    )


def _refuse_what_would_lose_people(
    there: Destination | None, connector: str, identity: str
) -> None:
    if there is None:
        return
    if there.connector != connector:
        raise ConfigError(
            f"The destination {there.key} is one of {there.connector} already; choose another name."
        )
    used = any(audience.sent for audience in there.audiences.all())
    if used and there.identity != identity:
        raise ConfigError(
            f"Members were sent to {there.key} as {template_of(there).text!r} and could not be"
            " found there under another identity. Add a destination of another name."
        )


def open_destination(
    destination: Destination,
    record: Callable[[Exchange], None] = unrecorded,
    may_ask: Callable[[], bool] = always,
) -> Connector:
    """Its connector, ready to be used; `record` is told of every request, `may_ask` asked before
    each. ConfigError if a secret cannot be found."""
    about = registry.manifest(destination.connector)
    named = [option.name for option in about.options if option.secret]
    secrets = {name: secret_of(destination, name) for name in named}
    return registry.open_connector(
        destination.connector,
        destination.options,
        secrets=secrets,
        wire=wire_of(destination, record, may_ask),
    )


def secrets_of(destination: Destination) -> tuple[str, ...]:
    """All its secrets that can be found, so that they can be taken out of what a tool says."""
    found: list[str] = []
    for option in registry.manifest(destination.connector).options:
        if option.secret:
            try:
                found.append(secret_of(destination, option.name))
            except ConfigError:
                continue
    return tuple(secret for secret in found if secret)


def secret_of(destination: Destination, name: str) -> str:
    """A secret of the destination: the stored one, else from where its option says."""
    sealed = destination.secrets.get(name)
    if sealed:
        return unseal(sealed, destination=destination.key, option=name)
    return read_secret(name, destination.options.get(name, ""))


def read_secret(name: str, reference: str) -> str:
    """The secret that `env:NAME` or `file:PATH` refers to; blank stays blank."""
    kind, _, where = reference.partition(":")
    if kind == "env":
        if where not in os.environ:
            raise ConfigError(f"The option {name} is taken from the variable {where}: not set.")
        return os.environ[where]
    if kind == "file":
        try:
            return Path(where).read_text(encoding="utf-8").strip()
        except OSError as fault:
            raise ConfigError(
                f"The option {name} is taken from the file {where}: {fault.strerror}."
            ) from fault
    return ""


def rotate_secrets(destination: Destination) -> int:
    """Seal with the newest key what an older one sealed; how many there were. All of a destination
    or none, so that it can be broken off and run again. Raises ConfigError when no key opens one.
    """
    with transaction.atomic():
        stored = Destination.objects.select_for_update().get(pk=destination.pk)
        old = {name: text for name, text in stored.secrets.items() if not is_current(text)}
        for name in old:
            secret = secret_of(stored, name)
            stored.secrets[name] = seal(secret, destination=stored.key, option=name)
        if old:
            stored.save(update_fields=["secrets"])
    return len(old)


def check_destination(destination: Destination) -> str:
    """Ask the tool whether it is there and knows us. If so, a destination that was off is on again;
    if it does not know us, it is switched off."""
    try:
        sentence = open_destination(destination).check()
    except AuthError as fault:
        switch_off(destination, fault.sentence)
        raise
    Destination.objects.filter(pk=destination.pk).update(off_reason="")
    return sentence


def switch_off(destination: Destination, reason: str) -> None:
    """Send nothing there until it has been checked again, and tell the admins."""
    if Destination.objects.filter(pk=destination.pk, off_reason="").update(off_reason=reason):
        tell_of_switched_off(destination.key, reason)


def set_use(*, destination: Destination, off_reason: str, by: Actor, via: str) -> Destination:
    """Send nothing there from now on, for this reason; without one it is in use again. Raises
    PermissionDenied."""
    check_can_manage_destinations(by)
    with transaction.atomic():
        stored = Destination.objects.select_for_update().get(pk=destination.pk)
        before = facts_of(stored)
        stored.off_reason = off_reason.strip()
        stored.save(update_fields=["off_reason"])
        kind = "tool.switched_off" if stored.off_reason else "tool.switched_on"
        note_change(kind, stored, before=before, by=by, via=via)
    return stored


def template_of(destination: Destination) -> Template:
    """What members are known by there."""
    return Template(destination.identity or registry.manifest(destination.connector).identity)
