"""Message guides: what each function says, who approved it, and who has taken note of a change."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from catalogue.models import (
    PARTS,
    Acknowledgement,
    MessageGuide,
    Segment,
    User,
)
from catalogue.permissions import Actor, check_can_write, label_of
from catalogue.segments.changes import record
from catalogue.segments.documents import document_of, token_of
from catalogue.segments.editing import edit_segment, lock
from catalogue.segments.refusals import SegmentRefused
from catalogue.segments.rights import check_can_acknowledge


def save_guide(
    *, key: str, function: str, said: Mapping[str, str], number: int, by: Actor, via: str
) -> MessageGuide | None:
    """Make what one function says `message` and the parts of `said`, as a further version; without
    a message it says nothing any more, and the answer is None. `number` is the version that was
    edited, 0 of none. Raises SegmentRefused when there is a newer one, DefinitionError,
    PermissionDenied."""
    segment = Segment.objects.get(key=key)
    newest = segment.messages.filter(function=function).values_list("number", flat=True).first()
    if number != (newest or 0):
        raise SegmentRefused(
            f"Somebody has saved a newer version of what {_named(function)} says. Nothing of yours"
            " was stored. Look at theirs, then write again."
        )
    document = document_of(segment)
    messages = {**document.get("messages", {}), function: _written(said)}
    edited = {**document, "messages": {name: one for name, one in messages.items() if one}}
    edit_segment(key=key, document=edited, token=token_of(segment), by=by, via=via)
    return MessageGuide.objects.filter(segment=segment, function=function).first()


def _written(said: Mapping[str, str]) -> Any:
    """As a file says it."""
    text = said.get("message", "").strip()
    parts = {name: said[name].strip() for name in PARTS if said.get(name, "").strip()}
    if parts and not text:
        raise SegmentRefused("Write the message itself: the other parts say how to get there.")
    return {"message": text, **parts} if parts else text


def approve_guide(
    *, key: str, function: str, number: int, now: datetime, by: User, via: str
) -> MessageGuide:
    """Stand for a version of what a function says. The next save takes that away. Raises
    SegmentRefused, PermissionDenied."""
    with transaction.atomic():
        segment = lock(key)
        check_can_write(by, segment)
        guide = _guide(segment, function)
        if guide.number != number:
            raise SegmentRefused(
                f"What {_named(function)} says is at version {guide.number} by now. Read that one."
            )
        guide.approver, guide.approved_at = by, now
        guide.save()
        details = {"function": function, "version": number}
        record("segment.guide_approved", segment=segment, by=by, via=via, details=details)
    return guide


def acknowledge(*, key: str, function: str, now: datetime, by: Actor, via: str) -> Acknowledgement:
    """Say for a function that it has taken note of the segment as it is now. Once is enough: the
    first who said so stays. Raises SegmentRefused, PermissionDenied."""
    with transaction.atomic():
        segment = lock(key)
        check_can_acknowledge(by, segment, function)
        guide = _guide(segment, function)
        definition = segment.definition.number if segment.definition is not None else 0
        said = {
            "user": by if isinstance(by, User) else None,
            "who": label_of(by),
            "at": now,
        }
        noted, is_new = Acknowledgement.objects.get_or_create(
            segment=segment,
            function=function,
            definition=definition,
            guide=guide.number,
            defaults=said,
        )
        if is_new:
            details = {"function": function, "definition_number": definition}
            record("segment.acknowledged", segment=segment, by=by, via=via, details=details)
    return noted


def _guide(segment: Segment, function: str) -> MessageGuide:
    guide = MessageGuide.objects.filter(segment=segment, function=function).first()
    if guide is None:
        raise SegmentRefused(f"Nobody has written yet what {_named(function)} says.")
    return guide


def _named(function: str) -> str:
    return function.replace("_", " ")
