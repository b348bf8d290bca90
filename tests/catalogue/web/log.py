"""The page of the log of changes, and lines for it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import time_machine
from django.test import Client

from catalogue.models import Change, Segment, User
from tests.catalogue.web.reading import words_of
from tests.catalogue.web.workspace import NOW

LATER = NOW + timedelta(hours=1)
Page = Callable[..., str]


def page_of(client: Client, viewer: User) -> Page:
    """What the page says to somebody, an hour after NOW."""
    client.force_login(viewer)

    def get(query: str = "", **headers: str) -> str:
        with time_machine.travel(LATER, tick=False):
            answer = client.get(f"/changes/{query}", headers=headers)
        assert answer.status_code == 200
        return answer.text

    return get


def note(kind: str, *, at: datetime = NOW, segment: Segment | None = None, **fields: Any) -> Change:
    made: dict[str, Any] = {
        "object_type": kind.partition(".")[0],
        "object_key": segment.key if segment else "it",
        "team": segment.team if segment else None,
        "actor": fields["user"].label if "user" in fields else "the command line",
        "via": "web",
    }
    change = Change.objects.create(kind=kind, segment=segment, **{**made, **fields})
    Change.objects.filter(pk=change.pk).update(at=at)
    return change


def acts(text: str) -> list[str]:
    """Each line as it is read."""
    return [words_of(part) for part in re.findall(r'<li class="act.*?</li>', text, re.DOTALL)]
