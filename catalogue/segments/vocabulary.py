"""The dictionary as the language wants it: what traits, events and segments there are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from catalogue.definitions.describe import Labels
from catalogue.definitions.vocabulary import Vocabulary
from catalogue.models import EventEntry, PropertyEntry, Segment, Status, TraitEntry
from catalogue.permissions import Actor


def stored_vocabulary(*, also: Collection[str] = (), viewer: Actor = None) -> Vocabulary:
    """Everything known in this workspace, of segments those that exist for `viewer`; `also` are
    keys of segments about to be stored."""
    segments = Segment.objects.visible_to(viewer).exclude(status=Status.ARCHIVED)
    keys = segments.values_list("key", flat=True)
    return Vocabulary(traits=_traits(), events=_events(), segments={*keys, *also})


def stored_labels(viewer: Actor) -> Labels:
    """What people call the traits, events and properties, and the segments that exist for `viewer`;
    what nobody has named is worded from its name."""
    traits = TraitEntry.objects.filter(subject="customer")
    return Labels(
        traits=dict(traits.exclude(label="").values_list("name", "label")),
        events=dict(EventEntry.objects.exclude(label="").values_list("name", "label")),
        properties=dict(PropertyEntry.objects.exclude(label="").values_list("name", "label")),
        segments=dict(Segment.objects.visible_to(viewer).values_list("key", "name")),
    )


def _traits() -> dict[str, str | None]:
    return {entry.name: entry.type for entry in TraitEntry.objects.filter(subject="customer")}


def _events() -> dict[str, dict[str, str]]:
    events: dict[str, dict[str, str]] = defaultdict(dict)
    for name in EventEntry.objects.values_list("name", flat=True):
        events[name] = {}
    for entry in PropertyEntry.objects.select_related("event"):
        events[entry.event.name][entry.name] = entry.type
    return dict(events)
