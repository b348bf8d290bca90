"""Segments to be written on pages: a dictionary without anybody in it, which takes no time."""

from __future__ import annotations

from typing import Any

from catalogue.models import EventEntry, PropertyEntry, Segment, TraitEntry
from catalogue.segments.documents import token_of
from catalogue.segments.editing import create_segment
from catalogue.segments.publishing import publish
from tests.catalogue.segments.ground import document, team


def know_words() -> None:
    """The traits and events of tests/catalogue/workspace.py, in the dictionary alone."""
    for name in ("plan", "email"):
        TraitEntry.objects.get_or_create(name=name, defaults={"inferred_type": "text"})
    for name in ("login", "purchase"):
        event, _ = EventEntry.objects.get_or_create(name=name)
        PropertyEntry.objects.get_or_create(
            event=event, name="amount", defaults={"inferred_type": "number"}
        )


def draft(key: str = "pros", **changes: Any) -> Segment:
    """A segment of status draft."""
    team()
    know_words()
    return create_segment(document=document(key, **changes), by=None, via="command")


def live(key: str = "pros", **changes: Any) -> Segment:
    """A segment that was published once, as d1."""
    segment = draft(key, **changes)
    return publish(key=key, message="First.", token=token_of(segment), by=None, via="command")
