"""Vouching for a segment: who does, with which words, and whether that still holds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.db import transaction
from django.utils import timezone

from catalogue.models import Certificate, Segment, Status, User, Workspace
from catalogue.permissions import Actor, label_of
from catalogue.segments.changes import record
from catalogue.segments.editing import lock
from catalogue.segments.publishing import message_said
from catalogue.segments.refusals import SegmentRefused
from catalogue.segments.reviews import due_of
from catalogue.segments.rights import check_can_certify

# In the order of trust; the names are part of the API.
TRUST = {"certified": "Certified", "lapsed": "Certificate lapsed", "none": "Not certified"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """How far somebody vouches for a segment. `why` says what made a certificate lapse; `by`, `at`
    and `message` are those of the certificate, lapsed or not, None and "" where there is none."""

    state: Literal["certified", "lapsed", "none"]
    why: str = ""
    by: str = ""
    at: datetime | None = None
    message: str = ""


def trust_of(segment: Segment, *, now: datetime, review_days: int) -> Trust:
    """Whether the certificate of a segment holds: it falls off when the definition changes and when
    the review is overdue, without anybody taking it off."""
    held: Certificate | None = getattr(segment, "certificate", None)
    if held is None:
        return Trust(state="none")
    why = _lapsed(segment, held, now, review_days)
    state: Literal["certified", "lapsed"] = "lapsed" if why else "certified"
    return Trust(state=state, why=why, by=held.giver, at=held.given_at, message=held.message)


def trust_now(segment: Segment, *, now: datetime) -> Trust:
    """The same of one segment alone: the workspace is asked only where there is a certificate."""
    if getattr(segment, "certificate", None) is None:
        return Trust(state="none")
    return trust_of(segment, now=now, review_days=Workspace.current().review_days)


def _lapsed(segment: Segment, held: Certificate, now: datetime, review_days: int) -> str:
    if segment.definition_id != held.definition_id:
        return "The definition has changed since."
    if segment.status != Status.LIVE:
        return "The segment is not live any more."
    due_at = due_of(segment, review_days)
    if due_at is not None and due_at < now:
        return "Its review is overdue."
    return ""


def certify(*, key: str, message: str, by: Actor, via: str) -> Certificate:
    """Vouch for a live segment as it is now. Raises SegmentRefused, PermissionDenied."""
    said = message_said(message)
    with transaction.atomic():
        segment = lock(key)
        check_can_certify(by, segment)
        if segment.status != Status.LIVE or segment.definition is None:
            raise SegmentRefused(f"“{segment.name}” is not live. Publish it, then vouch for it.")
        given = {
            "definition": segment.definition,
            "message": said,
            "given_by": by if isinstance(by, User) else None,
            "giver": label_of(by),
            "given_at": timezone.now(),
        }
        held, _ = Certificate.objects.update_or_create(segment=segment, defaults=given)
        record("segment.certified", segment=segment, by=by, via=via, message=said)
    return held


def withdraw_certificate(*, key: str, message: str, by: Actor, via: str) -> None:
    """Stop vouching for a segment; nothing happens where nobody does. Raises SegmentRefused,
    PermissionDenied."""
    said = message_said(message)
    with transaction.atomic():
        segment = lock(key)
        check_can_certify(by, segment)
        if Certificate.objects.filter(segment=segment).delete()[0]:
            record("segment.certificate_withdrawn", segment=segment, by=by, via=via, message=said)
