"""Letting a definition go live: a draft, a draft segment, or an older version again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from catalogue.models import DefinitionVersion, Draft, PublishRequest, Segment, Status, User
from catalogue.permissions import Actor, check_can_publish, label_of
from catalogue.segments.changes import record
from catalogue.segments.checking import check_edit
from catalogue.segments.documents import (
    definition_data,
    document_of,
    etag_of,
    read_document,
    token_of,
)
from catalogue.segments.editing import check_token, edit_details, lock, store
from catalogue.segments.gate import check_gate, check_second_person
from catalogue.segments.refusals import NoSuchVersion, SegmentRefused, StaleEdit
from catalogue.segments.replacing import check_is_free, check_replacement

LONGEST_MESSAGE = 2_000


def publish(*, key: str, message: str, token: str, by: Actor, via: str) -> Segment:
    """Publish the waiting draft of a live segment, or let a draft segment go live. `message` says
    what changed and why, and is needed. Raises SegmentRefused with all that is missing, StaleEdit,
    DefinitionError, PermissionDenied."""
    said = message_said(message)
    with transaction.atomic():
        segment = lock(key)
        check_can_publish(by, segment)
        draft = Draft.objects.filter(segment=segment).first()
        proposed = dict(draft.document) if draft else document_of(segment)
        check_token(segment, token, proposed)
        if draft is None and segment.status == Status.LIVE:
            raise SegmentRefused(
                f"There is no draft of “{segment.name}” to publish: what is live is the newest."
            )
        if draft is not None and draft.base != etag_of(segment):
            theirs = document_of(segment)
            raise StaleEdit(yours=proposed, theirs=theirs, token=token_of(segment))
        check_second_person(segment, by)
        _publish(segment, proposed, said, by=by, via=via)
        Draft.objects.filter(segment=segment).delete()
    return Segment.objects.get(pk=segment.pk)


def ask_to_publish(*, key: str, message: str, token: str, by: Actor, via: str) -> PublishRequest:
    """Ask a second person to publish what waits, with `message`. What it lacks is said to whoever
    asks. A newer request takes the place of an older one. Raises as `publish` does."""
    said = message_said(message)
    with transaction.atomic():
        segment = lock(key)
        check_can_publish(by, segment)
        draft = Draft.objects.filter(segment=segment).first()
        proposed = dict(draft.document) if draft else document_of(segment)
        check_token(segment, token, proposed)
        if draft is None and segment.status == Status.LIVE:
            raise SegmentRefused(f"There is no draft of “{segment.name}” to publish.")
        check_gate(proposed, segment)
        asked = {
            "token": token_of(segment),
            "message": said,
            "asked_by": by if isinstance(by, User) else None,
            "asker": label_of(by),
            "asked_at": timezone.now(),
        }
        request, _ = PublishRequest.objects.update_or_create(segment=segment, defaults=asked)
        record("segment.publish_asked", segment=segment, by=by, via=via, message=said)
    return request


def request_of(segment: Segment) -> PublishRequest | None:
    """The request to publish what waits now; None when what was asked for is another state."""
    found = PublishRequest.objects.filter(segment=segment).first()
    return found if found is not None and found.token == token_of(segment) else None


def restore_version(
    *, key: str, number: int, message: str, token: str, by: Actor, via: str
) -> Segment:
    """Make definition version `number` the newest one again, as a further version. Raises
    NoSuchVersion, SegmentRefused, StaleEdit, PermissionDenied."""
    said = message_said(message)
    with transaction.atomic():
        segment = lock(key)
        check_can_publish(by, segment)
        version = version_numbered(segment, number)
        if version.canonical is None:
            raise SegmentRefused("A list kept by hand cannot be restored; apply its file again.")
        if segment.definition is not None and segment.definition.number == number:
            raise SegmentRefused(f"d{number} is the newest definition already.")
        proposed = {**document_of(segment), "definition": definition_data(version)}
        check_token(segment, token, proposed)
        _publish(segment, proposed, said, by=by, via=via, restored=number)
    return Segment.objects.get(pk=segment.pk)


def archive(
    *,
    key: str,
    by: Actor,
    via: str,
    message: str = "",
    replacement: str = "",
    token: str | None = None,
) -> Segment:
    """Take a segment out of use: it is not refreshed, listed or synced any more. Its key, versions
    and history stay. `replacement` is the key of the segment to use instead, and is needed while
    anything uses this one. Raises SegmentRefused, PermissionDenied, and StaleEdit when `token` is
    given and does not name its state."""
    with transaction.atomic():
        segment = lock(key)
        check_can_publish(by, segment)
        if token is not None:
            check_token(segment, token, document_of(segment))
        check_is_free(segment)
        check_replacement(segment, replacement, by)
        segment.status = Status.ARCHIVED
        segment.save()
        details = {"replacement": replacement} if replacement else {}
        record(
            "segment.archived", segment=segment, by=by, via=via, message=message, details=details
        )
    return segment


def unarchive(*, key: str, by: Actor, via: str) -> Segment:
    """Bring an archived segment back as a draft; nothing happens to any other."""
    with transaction.atomic():
        segment: Segment = Segment.objects.select_for_update().get(key=key)
        check_can_publish(by, segment)
        if segment.status == Status.ARCHIVED:
            segment.status = Status.DRAFT
            segment.save()
            record("segment.unarchived", segment=segment, by=by, via=via)
    return segment


def version_numbered(segment: Segment, number: int) -> DefinitionVersion:
    """Definition version d`number`. Raises NoSuchVersion."""
    found = segment.definitions.filter(number=number).first()
    if found is None:
        raise NoSuchVersion(f"“{segment.name}” has no definition version d{number}.")
    return found


def message_said(message: str) -> str:
    """The message of an act that needs one. Raises SegmentRefused."""
    said = message.strip()
    if not said:
        raise SegmentRefused("Say in a sentence what changes and why: others will read it.")
    if len(said) > LONGEST_MESSAGE:
        raise SegmentRefused(
            f"The message has {len(said):,} characters; at most {LONGEST_MESSAGE:,} are kept."
        )
    return said


def _publish(
    segment: Segment,
    document: Mapping[str, Any],
    message: str,
    *,
    by: Actor,
    via: str,
    restored: int | None = None,
) -> None:
    check_gate(document, segment)
    file = read_document({**document, "status": Status.LIVE.value}, segment)
    check_edit(file, by=by, stored=segment.definition)
    before = document_of(segment)
    number = segment.definition.number if segment.definition is not None else 0
    segment.is_private = False
    segment.broken_reason = ""  # of the old definition; the next refresh judges the new one
    segment.save()
    store(segment, file, by=by, message=message)
    details = edit_details(before, segment, number)
    if restored is not None:
        details["restored"] = restored
    if segment.definition is not None and "definition" not in details:
        # It was stored with the draft, without this message.
        details["published"] = segment.definition.number
    asked = PublishRequest.objects.filter(segment=segment).first()
    if asked is not None:
        details["asked_by"] = asked.asker
        asked.delete()
    record("segment.published", segment=segment, by=by, via=via, message=message, details=details)
