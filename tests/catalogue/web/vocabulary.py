"""Words of a dictionary for pages to show, and who may describe them."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime
from typing import Any

from catalogue.definitions.documents import read_yaml
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


def form_of(text: str) -> dict[str, str]:
    """What the form on a page would send."""
    form = re.search(r'<form class="stack" method="post".*?</form>', text, re.DOTALL)
    assert form is not None
    token = re.search(r'name="token" value="([^"]*)"', form[0])
    label = re.search(r'name="label"[^>]*?value="([^"]*)"', form[0])
    meaning = re.search(r"<textarea[^>]*>\s*(.*?)</textarea>", form[0], re.DOTALL)
    type_ = re.search(r'<option value="([^"]*)" selected', form[0])
    found = {
        "token": token[1] if token else "",
        "label": html.unescape(label[1]) if label else "",
        "meaning": html.unescape(meaning[1]).strip() if meaning else "",
        "type": type_[1] if type_ else "",
    }
    return found if type_ else {key: value for key, value in found.items() if key != "type"}


def condition_of(source: str) -> Any:
    """The condition that an example on a page shows as YAML."""
    (found,) = read_yaml(html.unescape(source))
    return found.data
