"""Segments written on pages, in a dictionary without anybody in it, which takes no time."""

from __future__ import annotations

from typing import Any

from django.test import Client

from catalogue.models import Change, Draft, EventEntry, PropertyEntry, Segment, TraitEntry
from catalogue.segments.documents import token_of
from catalogue.segments.editing import create_segment, save_draft
from catalogue.segments.publishing import publish
from tests.catalogue.segments.ground import changed, document, seat, team
from tests.catalogue.web.builder.posting import form_on

EDIT = "/segments/pros/edit/"
PREVIEW = "/segments/pros/edit/preview/"
Fields = dict[str, list[str]]


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


def fields(client: Client, **changes: str) -> Fields:
    """The form of the segment as a browser would post it, some fields filled in otherwise."""
    answer = client.get(EDIT)
    assert answer.status_code == 200
    return form_on(answer.text) | {name: [value] for name, value in changes.items()}


def state() -> tuple[object, ...]:
    """All that an edit may change."""
    return (
        list(Segment.objects.order_by("key").values()),
        list(Draft.objects.values()),
        Change.objects.count(),
    )


def someone_else_saves(segment: Segment, **changes: object) -> None:
    segment = Segment.objects.get(pk=segment.pk)
    save_draft(
        key=segment.key,
        document=changed(segment, **changes),
        token=token_of(segment),
        by=seat("tom"),
        via="web",
    )
