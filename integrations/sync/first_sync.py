"""Before the first sync of a segment to a tool: what it would send, and saying that it should."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice

from django.db import IntegrityError, transaction

from catalogue.models import Segment, Status
from catalogue.permissions import Actor
from catalogue.segments.documents import document_of
from catalogue.segments.editing import edit_segment
from catalogue.segments.subjects import subject_of
from integrations.models import Audience, Destination
from integrations.sync.asking import AskRefused
from integrations.sync.batches import planned_batches
from integrations.sync.run import NotNow, preview
from integrations.sync.wanted import wanted_audiences
from integrations.sync.waterfall import Step, planned_steps
from integrations.sync.work import Clock

BATCHES_SHOWN = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """One batch without whom it holds."""

    operation: str
    count: int
    requests: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstPlan:
    """What the first sync would send for membership version `version`: the first of its batches,
    and the `brake`'s sentence, None where it would let it pass."""

    version: int
    steps: tuple[Step, ...]
    to_add: int
    batches: tuple[Batch, ...]
    brake: str | None


def first_plan(segment: Segment, destination: Destination, *, name: str, clock: Clock) -> FirstPlan:
    """The plan of a list that there is not yet; nothing is stored and the tool is not asked. Raises
    AskRefused where it cannot be made."""
    _check_can_have(segment, destination)
    try:
        with transaction.atomic():
            audience = Audience.objects.create(
                destination=destination, segment_key=segment.key, name=name or segment.key
            )
            found = _plan_of(audience, clock)
            transaction.set_rollback(True)
    except IntegrityError:
        raise _taken(name or segment.key, destination) from None
    except NotNow as reason:
        raise AskRefused(str(reason)) from None
    return found


def _plan_of(audience: Audience, clock: Clock) -> FirstPlan:
    found = preview(audience_id=audience.pk, clock=clock)
    batches = islice(planned_batches(audience, found, clock=clock), BATCHES_SHOWN)
    return FirstPlan(
        version=found.version.membership_version,
        steps=tuple(planned_steps(found.target.waterfall(), clock())),
        to_add=len(found.plan.to_add),
        batches=tuple(
            Batch(operation=one.operation, count=len(one.records), requests=one.requests)
            for one in batches
        ),
        brake=found.brake,
    )


def want_sync(
    *, segment: Segment, destination: Destination, name: str, token: str, by: Actor, via: str
) -> Audience:
    """Add the tool to the segment's `sync` and make the list: ring for it once this has returned.
    Raises AskRefused, and whatever `edit_segment` raises."""
    _check_can_have(segment, destination)
    line = {"to": destination.key, **({"as": name} if name else {})}
    document = {**document_of(segment), "sync": [*segment.sync_wanted, line]}
    with transaction.atomic():
        edit_segment(key=segment.key, document=document, token=token, by=by, via=via)
        wanted = wanted_audiences(keys=[segment.key], destination=destination.key)
        if not wanted.audiences:
            raise AskRefused(" ".join(wanted.faults) or "The list could not be made.")
    return wanted.audiences[0]


def _check_can_have(segment: Segment, destination: Destination) -> None:
    if segment.status != Status.LIVE:
        raise AskRefused(f"“{segment.name}” is not live, and only live segments are synced.")
    if subject_of(segment.definition) == "account":
        raise AskRefused("Tools take people, and this segment holds accounts.")
    if destination.key in {line["to"] for line in segment.sync_wanted}:
        raise AskRefused(f"“{segment.name}” is sent to {destination.key} already.")
    if Audience.objects.filter(destination=destination, segment_key=segment.key).exists():
        raise AskRefused(
            f"{destination.key} has a list of it from before. Name the tool in the segment’s"
            " document again, and the same list is brought up to date."
        )


def _taken(name: str, destination: Destination) -> AskRefused:
    return AskRefused(
        f"Another segment’s list is called “{name}” in {destination.key}. Choose another name."
    )
