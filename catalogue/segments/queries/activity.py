"""The log of changes as lines for people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate
from typing import Literal

from catalogue.definitions.english.wording import capitalised
from catalogue.models import Change, Draft, EventEntry, PropertyEntry, Segment, TraitEntry, Via
from catalogue.models.change import PRIVATE_IDEA
from catalogue.permissions import Actor
from catalogue.segments import telling
from catalogue.segments.describing import key_of
from catalogue.segments.telling import FieldChange
from catalogue.warehouse.dictionary_edits import Entry

DRAFT = "draft"
ENTRIES: Mapping[str, type[Entry]] = {
    "trait": TraitEntry,
    "event": EventEntry,
    "property": PropertyEntry,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What a line is about, if it has a page: `name` is the key, slug, number or name of it;
    `subject` that of a trait."""

    page: Literal["segment", "team", "trait", "event", "experiment", "idea", "survey", "discovery"]
    name: str
    subject: str = "customer"


@dataclass(frozen=True, slots=True, kw_only=True)
class ActLine:
    """One act, as the sentence `who` `before` “`name`” `after`. `compared` is the pair of
    definition versions that can be compared (`1..2`, `2..draft`), "" where there is none; `instead`
    are key and name of the segment to use instead of an archived one."""

    id: int
    at: datetime
    kind: str
    who: str
    before: str
    name: str
    after: str
    via: str
    message: str
    fields: tuple[FieldChange, ...]
    place: Place | None
    compared: str
    instead: tuple[str, str] | None


def act_lines(changes: Iterable[Change], *, viewer: Actor) -> list[ActLine]:
    """Lines for some changes that `viewer` may read, in their order; from a number of queries that
    does not grow. Ask for them with `select_related("segment", "team")`."""
    rows = list(changes)
    entries, drafts, instead = _entries(rows), _drafts(rows), _instead(rows, viewer)
    return [_line(row, entries, drafts, instead) for row in rows]


def _line(
    row: Change,
    entries: Mapping[tuple[str, str], Entry],
    drafts: Mapping[int, int],
    instead: Mapping[str, str],
) -> ActLine:
    before, after = telling.words_of(row)
    entry = entries.get((row.object_type, row.object_key))
    key = str(row.details.get("replacement") or "")
    return ActLine(
        id=row.pk,
        at=row.at,
        kind=row.kind,
        who=telling.who_of(row),
        before=before,
        name=_entry_name(entry) if entry else telling.name_of(row),
        after=after,
        via=Via(row.via).label,
        message=row.message,
        fields=telling.field_changes(row),
        place=_entry_place(entry) if entry else _place(row),
        compared=_compared(row, drafts),
        instead=(key, instead[key]) if key in instead else None,
    )


def _place(row: Change) -> Place | None:
    if row.object_type == "segment" and row.segment is not None:
        return Place(page="segment", name=row.segment.key)
    if row.object_type == "experiment":
        return Place(page="experiment", name=row.object_key.removeprefix("EXP-"))
    if row.object_type in ("idea", PRIVATE_IDEA):
        return Place(page="idea", name=row.object_key)
    if row.object_type == "survey":
        return Place(page="survey", name=row.object_key)
    if row.object_type == "discovery":
        return Place(page="discovery", name=row.object_key)
    if row.object_type in ("team", "key") and row.team is not None:
        return Place(page="team", name=row.team.slug)
    return None


def _compared(row: Change, drafts: Mapping[int, int]) -> str:
    earlier, later = telling.definitions_of(row)
    if row.object_type != "segment" or row.segment_id is None or not earlier or not later:
        return ""
    if row.kind == "segment.drafted":
        # Of a draft that was published or thrown away there is nothing to look at.
        return f"{earlier}..{DRAFT}" if drafts.get(row.segment_id) == earlier else ""
    return f"{earlier}..{later}"


def _drafts(rows: Sequence[Change]) -> dict[int, int]:
    """By segment, the number of the definition version that its waiting draft began from."""
    drafted = {row.segment_id for row in rows if row.kind == "segment.drafted"}
    found = Draft.objects.filter(segment__in=drafted)
    return dict(found.values_list("segment", "base_number"))


def _instead(rows: Sequence[Change], viewer: Actor) -> dict[str, str]:
    keys = {str(row.details["replacement"]) for row in rows if row.details.get("replacement")}
    found = Segment.objects.visible_to(viewer).filter(key__in=keys)
    return dict(found.values_list("key", "name"))


def _entries(rows: Sequence[Change]) -> dict[tuple[str, str], Entry]:
    """The entries of the dictionary that changes are about, by type and key."""
    found: dict[tuple[str, str], Entry] = {}
    for type_, model in ENTRIES.items():
        keys = {row.object_key for row in rows if row.object_type == type_}
        names = {name for key in keys for name in _names_in(key)}
        found.update({(type_, key_of(entry)): entry for entry in _named(model, names)})
    return found


def _named(model: type[Entry], names: Iterable[str]) -> Iterable[Entry]:
    if model is PropertyEntry:
        return PropertyEntry.objects.filter(name__in=names).select_related("event")
    return model._default_manager.filter(name__in=names)


def _names_in(key: str) -> list[str]:
    """What the name of an entry may be, given its key: all of it, or what follows one of its
    dots."""
    parts = key.split(".")
    return list(accumulate(reversed(parts), lambda end, part: f"{part}.{end}"))


def _entry_name(entry: Entry) -> str:
    label = str(entry.label or capitalised(entry.name))
    if isinstance(entry, PropertyEntry):
        return f"{label} of {entry.event.label or capitalised(entry.event.name)}"
    if isinstance(entry, TraitEntry) and entry.subject != "customer":
        return f"{label} of {entry.subject}s"
    return label


def _entry_place(entry: Entry) -> Place:
    if isinstance(entry, TraitEntry):
        return Place(page="trait", name=entry.name, subject=entry.subject)
    event = entry.event if isinstance(entry, PropertyEntry) else entry
    return Place(page="event", name=event.name)
