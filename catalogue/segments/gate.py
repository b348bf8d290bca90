"""The gate in front of going live, for a segment that is stored: what it lacks, who may open."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from catalogue.definitions.errors import DefinitionError
from catalogue.definitions.segment_file import SegmentFile
from catalogue.models import ApiKey, Change, Draft, Segment, Status
from catalogue.permissions import Actor, label_of
from catalogue.segments.documents import definition_data, document_of, read_document
from catalogue.segments.lifecycle import TESTS, Gate, Lack, lacks_always, lacks_asked, lacks_of
from catalogue.segments.refusals import GateRefused, NeedsSecondPerson

# Acts that make somebody the last who edited.
EDITS = ("segment.created", "segment.edited", "segment.applied")


def lacks_to_publish(document: Mapping[str, Any], segment: Segment) -> list[Lack]:
    """Everything that keeps this document of the segment from going live; empty: it may."""
    is_same = document.get("definition") == definition_data(segment.definition)
    # Another definition may mend what is broken.
    broken = segment.broken_reason if is_same else ""
    gate = Gate.of_workspace(timezone.localdate())
    try:
        file = read_document({**document, "status": Status.LIVE.value}, segment)
    except DefinitionError as error:
        # What is wrong with the document itself is said when it is published.
        return lacks_always(_readable(document, segment, error), broken=broken)
    return lacks_of(file, gate, broken=broken)


def _readable(document: Mapping[str, Any], segment: Segment, error: DefinitionError) -> SegmentFile:
    has_definition = bool(document.get("definition")) or segment.definition_id is not None
    return SegmentFile(
        file_name=segment.key,
        key=segment.key,
        name=segment.name,
        owner=str(document.get("owner") or ""),
        why=str(document.get("why") or ""),
        definition=error if has_definition else None,
    )


def check_gate(document: Mapping[str, Any], segment: Segment) -> None:
    """Raises GateRefused while anything keeps the document from going live."""
    lacks = lacks_to_publish(document, segment)
    if lacks:
        raise GateRefused(segment.name, lacks)


def check_stays_live(segment: Segment, file: SegmentFile) -> None:
    """An edit of a live segment may not take away what it needed to go live. Raises GateRefused
    with what it would lack and does not lack now."""
    if segment.status != Status.LIVE:
        return
    whole = Gate.of_workspace(timezone.localdate())
    # Its tests are judged when a definition is published; an edit leaves that as it is.
    asked = [name for name in whole.asked if name != TESTS]
    gate = Gate(asked=asked, functions=whole.functions, today=whole.today)
    after = [*lacks_always(file), *lacks_asked(file, gate)]
    if after:
        before = {lack.code for lack in lacks_to_publish(document_of(segment), segment)}
        lost = [lack for lack in after if lack.code not in before]
        if lost:
            raise GateRefused(segment.name, lost)


def needs_second_person(segment: Segment, by: Actor) -> bool:
    """Whether somebody else has to publish: the team asks for four eyes, and `by` edited last."""
    return segment.team.four_eyes and by is not None and _edited_last(segment, by)


def check_second_person(segment: Segment, by: Actor) -> None:
    """Raises NeedsSecondPerson when somebody else has to publish."""
    if needs_second_person(segment, by):
        raise NeedsSecondPerson(segment.name, segment.team.name)


def _edited_last(segment: Segment, by: Actor) -> bool:
    draft = Draft.objects.filter(segment=segment).first()
    if draft is not None and draft.created_by_id is not None:
        return not isinstance(by, ApiKey) and by is not None and draft.created_by_id == by.pk
    kinds = EDITS if draft is None else ("segment.drafted",)
    newest = Change.objects.filter(segment=segment, kind__in=kinds).order_by("-pk").first()
    if newest is None or by is None:
        return False
    if newest.user_id is not None:
        return not isinstance(by, ApiKey) and newest.user_id == by.pk
    # Keys have no row of their own in the log: of two keys of one name nobody can tell.
    return newest.actor == label_of(by)
