"""What people say of the dictionary: types that were inferred wrongly, labels, descriptions."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Any

from django.db import transaction

from catalogue.models import EventEntry, PropertyEntry, TraitEntry, ValueType

Entry = TraitEntry | EventEntry | PropertyEntry


class DictionaryError(ValueError):
    """The dictionary cannot be changed so; the message says why and what to do."""


def find_trait(name: str, *, subject: str = "customer") -> TraitEntry:
    """The entry of a trait; DictionaryError with the nearest name when there is none."""
    entry = TraitEntry.objects.filter(subject=subject, name=name).first()
    if entry is None:
        names = TraitEntry.objects.filter(subject=subject).values_list("name", flat=True)
        raise _unknown("trait", name, names)
    return entry


def find_event(name: str) -> EventEntry:
    """The entry of an event; DictionaryError with the nearest name when there is none."""
    entry = EventEntry.objects.filter(name=name).first()
    if entry is None:
        raise _unknown("event", name, EventEntry.objects.values_list("name", flat=True))
    return entry


def find_property(event: str, name: str) -> PropertyEntry:
    """The entry of an event's property; DictionaryError with the nearest name when none."""
    owner = find_event(event)
    entry = owner.properties.filter(name=name).first()
    if entry is None:
        raise _unknown("property", name, owner.properties.values_list("name", flat=True))
    return entry


def _unknown(what: str, name: str, names: Iterable[str]) -> DictionaryError:
    near = difflib.get_close_matches(name, list(names), n=1)
    hint = f" Did you mean “{near[0]}”?" if near else ""
    return DictionaryError(f"The dictionary has no {what} “{name}”.{hint}")


@transaction.atomic
def describe_entry(
    entry: Entry,
    *,
    type_: str | None = None,
    label: str | None = None,
    description: str | None = None,
) -> Entry:
    """Change what is given and keep the rest. `type_` is one of ValueType, or "inferred" to go back
    to the type that the values show; events have none. Raises DictionaryError."""
    changes: dict[str, Any] = {"label": label, "description": description}
    if type_ is not None:
        changes["stated_type"] = _stated(entry, type_)
    changed = {name: value for name, value in changes.items() if value is not None}
    for name, value in changed.items():
        setattr(entry, name, value)
    entry.save(update_fields=list(changed))
    return entry


def _stated(entry: Entry, type_: str) -> str:
    if isinstance(entry, EventEntry):
        raise DictionaryError("An event has no type; its properties have.")
    if type_ == "inferred":
        return ""
    if type_ not in ValueType.values:
        known = ", ".join(ValueType.values)
        raise DictionaryError(f"There is no type “{type_}”. Write one of {known}, or inferred.")
    return type_
