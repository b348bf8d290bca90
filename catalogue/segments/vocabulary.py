"""The dictionary as the language wants it: what traits, events and segments there are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping

from catalogue.definitions.describe import Labels
from catalogue.definitions.nodes import Subject
from catalogue.definitions.subjects import SUBJECTS
from catalogue.definitions.vocabulary import Vocabulary
from catalogue.models import EventEntry, PropertyEntry, Segment, Status, TraitEntry
from catalogue.permissions import Actor
from catalogue.segments.parts import names_of_parts


def stored_vocabulary(
    *,
    also: Mapping[str, Subject] | None = None,
    parts: Mapping[str, Collection[str]] | None = None,
    viewer: Actor = None,
) -> Vocabulary:
    """Everything known in this workspace, of segments those that exist for `viewer`; `also` are
    keys of segments about to be stored, and what they hold, and `parts` the parts they will have.
    """
    segments = Segment.objects.visible_to(viewer).exclude(status=Status.ARCHIVED)
    held = dict(segments.values_list("key", "definition__subject")) | dict(also or {})
    traits = _traits()
    return Vocabulary(
        traits=traits["customer"],
        account_traits=traits["account"],
        events=_events(),
        segments=set(held),
        account_segments={key for key, subject in held.items() if subject == "account"},
        parts=_parts(parts or {}),
    )


def _parts(also: Mapping[str, Collection[str]]) -> dict[str, set[str]]:
    found = names_of_parts()
    for key, names in also.items():
        found[key] = found.get(key, set()) | {*names}
    return found


def stored_labels(viewer: Actor) -> Labels:
    """What people call the traits, events and properties, and the segments that exist for `viewer`;
    what nobody has named is worded from its name."""
    traits = _trait_labels()
    return Labels(
        traits=traits["customer"],
        account_traits=traits["account"],
        events=dict(EventEntry.objects.exclude(label="").values_list("name", "label")),
        properties=dict(PropertyEntry.objects.exclude(label="").values_list("name", "label")),
        segments=dict(Segment.objects.visible_to(viewer).values_list("key", "name")),
    )


def _trait_labels() -> dict[str, dict[str, str]]:
    """By subject; from one query, like all that pages ask."""
    found: dict[str, dict[str, str]] = {subject: {} for subject in SUBJECTS}
    entries = TraitEntry.objects.exclude(label="")
    for subject, name, label in entries.values_list("subject", "name", "label"):
        found[subject][name] = label
    return found


def _traits() -> dict[str, dict[str, str | None]]:
    found: dict[str, dict[str, str | None]] = {subject: {} for subject in SUBJECTS}
    for entry in TraitEntry.objects.all():
        found[entry.subject][entry.name] = entry.type
    return found


def _events() -> dict[str, dict[str, str]]:
    events: dict[str, dict[str, str]] = defaultdict(dict)
    for name in EventEntry.objects.values_list("name", flat=True):
        events[name] = {}
    for entry in PropertyEntry.objects.select_related("event"):
        events[entry.event.name][entry.name] = entry.type
    return dict(events)
