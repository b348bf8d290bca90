"""Writing down what people did to tools, in the log of the catalogue. Secrets are never in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from catalogue.models import Change, User, Via
from catalogue.permissions import Actor, label_of
from integrations.models import Audience, Destination
from integrations.sync.common_options import said_by


def facts_of(destination: Destination | None) -> dict[str, Any]:
    """What the log compares of a destination; empty of none."""
    if destination is None:
        return {}
    return {
        "connector": destination.connector,
        **destination.options,
        **{name.replace("_", " "): text for name, text in said_by(destination).items()},
        "off": destination.off_reason,
    }


def note_change(
    kind: str,
    destination: Destination,
    *,
    before: Mapping[str, Any],
    given: Mapping[str, str | None] | None = None,
    by: Actor,
    via: str,
) -> None:
    """Add what was done to a destination; of the secrets `given`, only that they were."""
    after = facts_of(destination)
    fields: dict[str, list[Any]] = {
        name: [before.get(name), after.get(name)]
        for name in {**before, **after}
        if (before.get(name) or None) != (after.get(name) or None)
    }
    for name, secret in (given or {}).items():
        fields[name] = [None, "given anew" if secret else "forgotten"]
    _record(kind, "tool", destination.key, fields, by=by, via=via)


def note_list_change(kind: str, audience: Audience, *, by: Actor, via: str) -> None:
    """Add what was done to the list of a segment in a tool."""
    key = f"{audience.segment_key} in {audience.destination.key}"
    _record(kind, "list", key, {}, by=by, via=via)


def _record(
    kind: str, object_type: str, key: str, fields: Mapping[str, Any], *, by: Actor, via: str
) -> None:
    Change.objects.create(
        kind=kind,
        object_type=object_type,
        object_key=key,
        user=by if isinstance(by, User) else None,
        actor=label_of(by),
        via=Via(via),
        details={"fields": dict(fields)} if fields else {},
    )
