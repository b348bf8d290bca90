"""The words of this workspace, as its dictionary has them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from catalogue.definitions.english.wording import as_words, capitalised
from catalogue.definitions.nodes import part_key
from catalogue.definitions.paths import write_path
from catalogue.models import EventEntry, PropertyEntry, Segment, Status, TraitEntry
from catalogue.permissions import Actor
from catalogue.segments.parts import names_of_parts
from catalogue.web.builder.words import Word, Words

# A segment: its key, its name and what it holds.
Row = tuple[str, str, str | None]


def _with_parts(rows: Iterable[Row]) -> list[Row]:
    """The segments, each with its parts below it."""
    parts, found = names_of_parts(), []
    for key, name, subject in rows:
        found.append((key, name, subject))
        found += [
            (part_key(key, part), f"{name}: {as_words(part)}", subject)
            for part in sorted(parts.get(key, ()))
        ]
    return found


def stored_words(viewer: Actor, *, without: str = "") -> Words:
    """Everything known, and the segments that exist for `viewer`; `without` is the key of the one
    that is being written, which cannot be built on itself."""
    segments = Segment.objects.visible_to(viewer).exclude(status=Status.ARCHIVED)
    others = segments.exclude(key=without).order_by("name", "key")
    rows = _with_parts(list(others.values_list("key", "name", "definition__subject")))
    traits = list(TraitEntry.objects.all())
    return Words(
        traits=_traits(traits, "customer"),
        account_traits=_traits(traits, "account"),
        events=_events(),
        properties=_properties(),
        segments={key: name for key, name, subject in rows if subject != "account"},
        account_segments={key: name for key, name, subject in rows if subject == "account"},
    )


def _traits(entries: Iterable[TraitEntry], subject: str) -> tuple[Word, ...]:
    return _sorted([_typed(entry) for entry in entries if entry.subject == subject])


def _events() -> tuple[Word, ...]:
    entries = EventEntry.objects.values_list("name", "label")
    return _sorted([Word(name=name, label=label or capitalised(name)) for name, label in entries])


def _properties() -> dict[str, tuple[Word, ...]]:
    found: dict[str, list[Word]] = defaultdict(list)
    for entry in PropertyEntry.objects.select_related("event"):
        found[entry.event.name].append(_typed(entry))
    return {event: _sorted(words) for event, words in found.items()}


def _typed(entry: TraitEntry | PropertyEntry) -> Word:
    label = entry.label or capitalised(entry.name)
    return Word(name=write_path((entry.name,)), label=label, type=entry.type)


def _sorted(words: list[Word]) -> tuple[Word, ...]:
    return tuple(sorted(words, key=lambda word: (word.label.lower(), word.name)))
