"""What is known of traits, events and properties, kept up as they are loaded. A type that a person
stated is never touched; an inferred one says what *all* values so far are, else *mixed*."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

import pyarrow as pa
import pyarrow.compute as pc

from catalogue.models import EventEntry, PropertyEntry, TraitEntry, ValueType

NUMBER = r"^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$"
DATE = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}.*)?$"


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenEvent:
    """What a load holds of one event: rows, the newest one's instant, its properties' types."""

    count: int
    last_at: datetime
    properties: Mapping[str, str]


def type_of(values: Mapping[str, pa.Array]) -> str:
    """The type of a column's values by kind; empty when all are missing."""
    types = {
        found
        for kind, array in values.items()
        if array.null_count < len(array)
        for found in _types(kind, array.drop_null())
    }
    return joined(types)


def _types(kind: str, values: pa.Array) -> set[str]:
    match kind:
        case "number":
            return {ValueType.NUMBER}
        case "boolean":
            return {ValueType.BOOLEAN}
        case "instant":
            return {ValueType.DATE}
        case "json":
            lists = pc.starts_with(values, "[")
            return ({ValueType.LIST} if pc.any(lists).as_py() else set()) | (
                set() if pc.all(lists).as_py() else {ValueType.OBJECT}
            )
    return {_type_of_text(pc.unique(values))}


def _type_of_text(values: pa.Array) -> str:
    for type_, shape in ((ValueType.NUMBER, NUMBER), (ValueType.DATE, DATE)):
        if pc.all(pc.match_substring_regex(values, shape)).as_py():
            return type_
    return ValueType.TEXT


def joined(types: Iterable[str]) -> str:
    """One type for all: empty when there is none, mixed when there are several."""
    known = {type_ for type_ in types if type_}
    return known.pop() if len(known) == 1 else ValueType.MIXED if known else ""


def record_traits(subject: str, seen: Mapping[str, str], null_shares: Mapping[str, float]) -> None:
    """Note the traits of a load and their types; `null_shares` by name, also of other traits."""
    names = {*seen, *null_shares}
    entries = {e.name: e for e in TraitEntry.objects.filter(subject=subject, name__in=names)}
    for name in names:
        entry = entries.get(name) or TraitEntry(subject=subject, name=name, inferred_type="")
        before = (entry.inferred_type, entry.null_share)
        entry.inferred_type = joined([entry.inferred_type, seen.get(name, "")])
        entry.null_share = null_shares.get(name, entry.null_share)
        if entry.pk is None or before != (entry.inferred_type, entry.null_share):
            entry.save()


def record_events(seen: Mapping[str, SeenEvent]) -> None:
    """Note the events of a load: how many more, the newest, and their properties."""
    for name, event in seen.items():
        entry, _ = EventEntry.objects.get_or_create(name=name)
        entry.event_count += event.count
        entry.last_at = max(filter(None, (entry.last_at, event.last_at)))
        entry.save()
        _record_properties(entry, event.properties)


def _record_properties(event: EventEntry, types: Mapping[str, str]) -> None:
    entries = {e.name: e for e in PropertyEntry.objects.filter(event=event, name__in=types)}
    for name, type_ in types.items():
        entry = entries.get(name) or PropertyEntry(event=event, name=name, inferred_type="")
        entry.inferred_type = joined([entry.inferred_type, type_])
        entry.save()
