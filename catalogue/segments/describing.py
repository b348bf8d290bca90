"""Correcting the dictionary, and writing down who did."""

from __future__ import annotations

from django.db import transaction

from catalogue.models import EventEntry, PropertyEntry, TraitEntry
from catalogue.permissions import Actor, check_can_describe
from catalogue.segments.changes import record
from catalogue.warehouse.dictionary_edits import Entry, describe_entry

OBJECT_TYPES = {TraitEntry: "trait", EventEntry: "event", PropertyEntry: "property"}


def describe(
    *, entry: Entry, label: str, description: str, type_: str | None, by: Actor, via: str
) -> Entry:
    """Say what an entry is called and means, and what its values are (`inferred` = as they look;
    None where it has no type). Unchanged: nothing is written. Raises DictionaryError and
    PermissionDenied."""
    check_can_describe(by)
    with transaction.atomic():
        stored = type(entry)._default_manager.select_for_update().get(pk=entry.pk)
        before = _facts(stored)
        changed_entry = describe_entry(
            stored, type_=type_, label=label.strip(), description=description.strip()
        )
        after = _facts(changed_entry)
        fields = {
            name: [before[name], after[name]] for name in after if before[name] != after[name]
        }
        if fields:
            record(
                f"{object_type_of(entry)}.described",
                by=by,
                via=via,
                object_type=object_type_of(entry),
                object_key=key_of(entry),
                details={"fields": fields},
            )
    return changed_entry


def object_type_of(entry: Entry) -> str:
    """What the log calls entries of this kind."""
    return OBJECT_TYPES[type(entry)]


def key_of(entry: Entry) -> str:
    """What the log calls this entry: its name, with its event or subject before it."""
    if isinstance(entry, PropertyEntry):
        return f"{entry.event.name}.{entry.name}"[:200]
    if isinstance(entry, TraitEntry) and entry.subject != "customer":
        return f"{entry.subject}.{entry.name}"[:200]
    return entry.name[:200]


def _facts(entry: Entry) -> dict[str, str]:
    stated = {} if isinstance(entry, EventEntry) else {"type": entry.stated_type or "inferred"}
    return {"label": entry.label, "description": entry.description, **stated}
