"""Why a segment is out of use, and what is used instead."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from catalogue.models import Change, Segment, Status
from catalogue.permissions import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Archived:
    """`by` and `at` say who archived it and when, `why` in their words; `instead` are key and name
    of the segment to use, None where nobody named one that exists for whoever asks."""

    by: str
    at: datetime
    why: str
    instead: tuple[str, str] | None


def archived_of(segment: Segment, viewer: Actor) -> Archived | None:
    """The act that took the segment out of use; None of one in use, and where no act is known."""
    if segment.status != Status.ARCHIVED:
        return None
    act = Change.objects.filter(segment=segment, kind="segment.archived").order_by("-pk").first()
    if act is None:
        return None
    key = act.details.get("replacement", "")
    named = Segment.objects.visible_to(viewer).filter(key=key).values_list("key", "name")
    return Archived(by=act.actor, at=act.at, why=act.message, instead=named.first())
