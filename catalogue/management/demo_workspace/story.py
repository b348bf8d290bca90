"""What Fieldnote's people changed: one definition after eight weeks, and one change that waits."""

from __future__ import annotations

from typing import Any

from catalogue.models import Change, Segment, User
from catalogue.segments.documents import SegmentDocument, document_of, token_of
from catalogue.segments.editing import save_draft
from catalogue.segments.publishing import publish

# The refresh before which the public sector joined.
CHANGED_BEFORE = 8
LEADS, BUILDERS = "midsize-dach-leads", "api-builders"
LENA, PRIYA = "lena@fieldnote.example", "priya@fieldnote.example"
SIGNED = "The framework contract is signed: we sell to the public sector too."


def before_refresh(number: int) -> None:
    """What happened before the refresh of this number, from 0. Nothing happens twice."""
    if number != CHANGED_BEFORE or _has_happened(LEADS, "segment.published"):
        return
    _draft(_with_public_sector(document_of(Segment.objects.get(key=LEADS))), by=LENA)
    token = token_of(Segment.objects.get(key=LEADS))
    publish(key=LEADS, message=SIGNED, token=token, by=_user(LENA), via="web")


def at_the_end() -> None:
    """The change that waits to be published."""
    if not _has_happened(BUILDERS, "segment.drafted"):
        _draft(_with_jira(document_of(Segment.objects.get(key=BUILDERS))), by=PRIYA)


def _has_happened(key: str, kind: str) -> bool:
    return Change.objects.filter(object_key=key, kind=kind).exists()


def _with_public_sector(document: SegmentDocument) -> SegmentDocument:
    conditions = _conditions(document)
    conditions[:] = [one for one in conditions if one.get("trait") != "industry"]
    (test,) = document["tests"]
    test |= {"it": "whatever the industry", "expect": ["known", "unknown", "state"]}
    return document


def _with_jira(document: SegmentDocument) -> SegmentDocument:
    for one in _conditions(document):
        if "has_any" in one:
            one["has_any"] = [*one["has_any"], "jira"]
    return document


def _conditions(document: SegmentDocument) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = document["definition"]["where"]["all"]
    return found


def _draft(document: SegmentDocument, *, by: str) -> None:
    key = document["key"]
    token = token_of(Segment.objects.get(key=key))
    save_draft(key=key, document=document, token=token, by=_user(by), via="web")


def _user(name: str) -> User:
    return User.objects.get(username=name)
