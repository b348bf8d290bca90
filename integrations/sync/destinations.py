"""Configured tools: how one is added, opened and checked."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

from django.conf import settings

from integrations import registry
from integrations.errors import AuthError, ConfigError
from integrations.models import Destination
from integrations.protocol import Connector, Limits
from integrations.sync.identities import Template

_KEY = re.compile(r"[a-z0-9][a-z0-9_-]{0,79}")
# Options that every connector has.
IDENTITY, BATCH_RECORDS = "identity", "batch_records"


def save_destination(*, key: str, connector: str, options: Mapping[str, str]) -> Destination:
    """Add a destination, or change the one of that name. Nothing is sent. ConfigError says what is
    wrong with the options; a destination that was off is on again."""
    if not _KEY.fullmatch(key):
        raise ConfigError(
            f"{key!r} cannot name a destination: use small letters, digits, - and _, at most 80."
        )
    own = dict(options)
    identity = own.pop(IDENTITY, "")
    batch_records = _batch_records(own.pop(BATCH_RECORDS, ""))
    checked = registry.checked_options(connector, own)
    Template(identity or registry.manifest(connector).identity).check()
    _refuse_what_would_lose_people(key, connector, identity)
    destination, _ = Destination.objects.update_or_create(
        key=key,
        defaults={
            "connector": connector,
            "options": checked,
            "identity": identity,
            "batch_records": batch_records,
            "off_reason": "",
        },
    )
    return destination


def _batch_records(text: str) -> int | None:
    if not text:
        return None
    if not text.isdecimal() or int(text) < 1:
        raise ConfigError(f"batch_records must be a whole number of at least 1, not {text!r}.")
    return int(text)


def _refuse_what_would_lose_people(key: str, connector: str, identity: str) -> None:
    there = Destination.objects.filter(key=key).first()
    if there is None:
        return
    if there.connector != connector:
        raise ConfigError(
            f"The destination {key} is one of {there.connector} already; choose another name."
        )
    used = any(audience.sent for audience in there.audiences.all())
    if used and there.identity != identity:
        raise ConfigError(
            f"Members were sent to {key} as {template_of(there).text!r} and could not be found "
            "there under another identity. Add a destination of another name."
        )


def open_destination(destination: Destination) -> Connector:
    """Its connector, ready to be used. ConfigError if a secret cannot be found."""
    about = registry.manifest(destination.connector)
    named = [option.name for option in about.options if option.secret]
    secrets = {name: read_secret(name, destination.options.get(name, "")) for name in named}
    return registry.open_connector(
        destination.connector,
        destination.options,
        secrets=secrets,
        private_hosts=frozenset(settings.PRIVATE_TOOL_HOSTS),
    )


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
    """Send nothing there until it has been checked again."""
    Destination.objects.filter(pk=destination.pk).update(off_reason=reason)


def template_of(destination: Destination) -> Template:
    """What members are known by there."""
    return Template(destination.identity or registry.manifest(destination.connector).identity)


def limits_of(destination: Destination) -> Limits:
    """The most that one batch may hold there."""
    limits = registry.manifest(destination.connector).limits
    records = min(limits.records, destination.batch_records or limits.records)
    return Limits(records=records, bytes=limits.bytes)
