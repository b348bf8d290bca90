"""Words of a dictionary for pages to show, and who may describe them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from catalogue.models import (
    EventEntry,
    Photo,
    PropertyEntry,
    Role,
    Team,
    TeamMember,
    TraitEntry,
    User,
)
from tests.catalogue.web.workspace import make_user

PHOTO_AT = datetime(2026, 11, 23, 5, 30, tzinfo=UTC)


def make_trait(name: str, type_: str = "text", **fields: Any) -> TraitEntry:
    """A trait whose values look like `type_`."""
    return TraitEntry.objects.create(name=name, inferred_type=type_, **fields)


def make_event(name: str, *, properties: dict[str, str] | None = None, **fields: Any) -> EventEntry:
    """An event with properties by their types."""
    event = EventEntry.objects.create(name=name, **fields)
    for prop, type_ in (properties or {}).items():
        PropertyEntry.objects.create(event=event, name=prop, inferred_type=type_)
    return event


def take_photo() -> Photo:
    """The newest photo, taken at PHOTO_AT."""
    photo = Photo.objects.create(customers=b"", accounts=b"")
    Photo.objects.filter(pk=photo.pk).update(created_at=PHOTO_AT)
    return photo


def make_admin(name: str = "chief") -> User:
    """An admin of the team Growth."""
    team, _ = Team.objects.get_or_create(slug="growth", defaults={"name": "Growth"})
    user = make_user(name, first_name=name.title())
    TeamMember.objects.create(team=team, user=user, role=Role.ADMIN)
    return user
