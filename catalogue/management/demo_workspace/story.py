"""What Fieldnote's people changed: one definition after eight weeks, and one change that waits."""

from __future__ import annotations

from typing import Any

from catalogue.models import Change, Segment, User
from catalogue.segments.documents import document_of, token_of
from catalogue.segments.editing import save_draft
from catalogue.segments.publishing import publish

# The refresh before which the public sector joined.
CHANGED_BEFORE = 8
LEADS, BUILDERS = "midsize-dach-leads", "api-builders"
SIGNED = "The framework contract is signed: we sell to the public sector too."


def before_refresh(number: int) -> None:
    """What happened before the refresh of this number, from 0. Nothing happens twice."""
    if number != CHANGED_BEFORE or _has_happened(LEADS, "segment.published"):
        return
    _draft(LEADS, by="lena@fieldnote.example", drop="industry")
    segment = Segment.objects.get(key=LEADS)
    lena = User.objects.get(username="lena@fieldnote.example")
    publish(key=LEADS, message=SIGNED, token=token_of(segment), by=lena, via="web")


def at_the_end() -> None:
    """The change that waits to be published."""
    if not _has_happened(BUILDERS, "segment.drafted"):
        _draft(BUILDERS, by="priya@fieldnote.example", bound=300)


def _has_happened(key: str, kind: str) -> bool:
    return Change.objects.filter(object_key=key, kind=kind).exists()


def _draft(key: str, *, by: str, drop: str = "", bound: int | None = None) -> None:
    segment = Segment.objects.get(key=key)
    document: dict[str, Any] = document_of(segment)
    conditions = document["definition"]["where"]["all"]
    kept = [one for one in conditions if one.get("trait") != drop]
    if bound is not None:
        kept = [{**one, "gt": bound} if "gt" in one else one for one in kept]
    document["definition"]["where"]["all"] = kept
    user = User.objects.get(username=by)
    save_draft(key=key, document=document, token=token_of(segment), by=user, via="web")
