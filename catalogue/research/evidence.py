"""Evidence: adding a piece, what has expired, and which sentence of a why rests on what."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from difflib import SequenceMatcher
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.urls import reverse

from catalogue.models import Evidence, Segment, Status, Via
from catalogue.notices.telling import answer_for, notify
from catalogue.permissions import Actor
from catalogue.segments.changes import record
from catalogue.segments.documents import document_of, token_of
from catalogue.segments.editing import edit_segment

# So long before it expires it is listed as expiring.
SOON = timedelta(days=30)
SENTENCE = re.compile(r"(?<=[.!?])\s+")
# A claim written a little differently is still the same sentence.
ALIKE = 0.75


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One sentence of a why, and the evidence that supports it; the sentence "" is the whole."""

    sentence: str
    evidence: tuple[Evidence, ...]


def add_evidence(*, key: str, piece: Mapping[str, Any], by: Actor, via: str) -> Segment:
    """Add a piece, as a segment file says it, behind the others. Raises DefinitionError with
    pointers into the segment's document, PermissionDenied, SegmentRefused."""
    with transaction.atomic():
        segment = Segment.objects.get(key=key)
        document = document_of(segment)
        said = {name: value for name, value in piece.items() if value not in (None, "")}
        document["evidence"] = [*document.get("evidence", []), said]
        return edit_segment(
            key=key,
            document=document,
            token=token_of(segment),
            by=by,
            via=via,
            message=f"Evidence: {said.get('source', '')}",
        )


def library(viewer: Actor) -> QuerySet[Evidence]:
    """All evidence of the segments that exist for `viewer` and are not archived: what has expired
    or expires next first, what never does last."""
    segments = Segment.objects.visible_to(viewer).exclude(status=Status.ARCHIVED)
    rows = Evidence.objects.filter(segment__in=segments.values("pk")).select_related("segment")
    return rows.order_by(F("expires_on").asc(nulls_last=True), "-on", "pk")


def today_of(now: datetime) -> date:
    """The day it is in the workspace."""
    return now.astimezone(ZoneInfo(settings.WORKSPACE_TIME_ZONE)).date()


def expired(today: date) -> Q:
    """What has to be looked at anew before it counts again."""
    return Q(expires_on__lte=today)


def expiring(today: date) -> Q:
    """What expires soon."""
    return Q(expires_on__gt=today, expires_on__lte=today + SOON)


def claims_of(why: str, evidence: Sequence[Evidence]) -> list[Claim]:
    """The sentences of a why in their order, each with what supports it; behind them, if there is
    any, what supports the whole or a claim that is written nowhere."""
    sentences = [part.strip() for part in SENTENCE.split(" ".join(why.split())) if part.strip()]
    found: dict[int, list[Evidence]] = {place: [] for place in range(len(sentences))}
    others: list[Evidence] = []
    for piece in evidence:
        place = _place(piece.claim, sentences)
        (others if place is None else found[place]).append(piece)
    claims = [
        Claim(sentence=sentence, evidence=tuple(found[place]))
        for place, sentence in enumerate(sentences)
    ]
    return [*claims, *([Claim(sentence="", evidence=tuple(others))] if others else [])]


def _place(claim: str, sentences: Sequence[str]) -> int | None:
    wanted = _plain(claim)
    if not wanted:
        return None
    for place, sentence in enumerate(sentences):
        said = _plain(sentence)
        if wanted in said or SequenceMatcher(None, wanted, said).ratio() >= ALIKE:
            return place
    return None


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))


def tell_of_expired(*, now: datetime) -> int:
    """Tell who answers for a segment that a piece of its evidence has expired, once for each piece,
    and return how many pieces that were."""
    segments = Segment.objects.exclude(status=Status.ARCHIVED).values("pk")
    rows = Evidence.objects.filter(expired(today_of(now)), segment__in=segments)
    fresh = rows.exclude(told_of=F("expires_on")).select_related("segment", "segment__team")
    return sum(_tell(piece) for piece in fresh.order_by("pk"))


def _tell(piece: Evidence) -> bool:
    with transaction.atomic():
        mine = Evidence.objects.filter(pk=piece.pk).exclude(told_of=piece.expires_on)
        if not mine.update(told_of=piece.expires_on):
            return False
        key = piece.segment.key
        for person in answer_for([key]):
            notify(
                person,
                reason=f"Evidence for “{piece.segment.name}” has expired: {piece.source}. Look at"
                " it anew, or put something newer in its place.",
                link=reverse("segment-research", args=[key]),
            )
        details = {"source": piece.source}
        record(
            "segment.evidence_expired",
            segment=piece.segment,
            by=None,
            via=Via.SYSTEM,
            details=details,
        )
    return True
