"""Erasing a person from every tool that ever held them, with each tool's answer kept.

The tool is asked first, and only when it has answered for good are our own traces of the person
cleared; so whoever is killed in between asks once more, and nobody there is an answer too."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime

from django.conf import settings
from django.db import transaction
from pyroaring import BitMap

from catalogue.crashpoint import crashpoint
from catalogue.ports import ElsewhereStep
from integrations.errors import IntegrationError
from integrations.models import (
    Audience,
    Destination,
    DriftReport,
    Rejection,
    RemoteContact,
    SentIdentity,
    SyncBatch,
    ToolErasure,
)
from integrations.models.audience import acknowledged_fields, read_bitmap, write_bitmap
from integrations.protocol import Accepted, Outcome, Record, Rejected
from integrations.sync.destinations import open_destination, template_of
from integrations.sync.hold import Hold
from integrations.sync.identities import CUSTOMER_ID


class ErasureInTools:
    """Answers `catalogue.ports.ErasureElsewhere`."""

    def ask(self, ordinal: int, external_id: str) -> Sequence[ElsewhereStep]:
        """See the port."""
        return [
            _step(_erased(destination, ordinal, external_id)) for destination in holders(ordinal)
        ]


def holders(ordinal: int) -> list[Destination]:
    """The tools that ever held somebody, or were asked to erase them."""
    found = set(
        ToolErasure.objects.filter(ordinal=ordinal).values_list("destination_id", flat=True)
    )
    found |= set(
        RemoteContact.objects.filter(ordinal=ordinal).values_list("destination_id", flat=True)
    )
    for audience in Audience.objects.only("destination_id", "sent"):
        if ordinal in audience.sent_members():
            found.add(audience.destination_id)
    return list(Destination.objects.filter(pk__in=found).order_by("key"))


def _step(row: ToolErasure) -> ElsewhereStep:
    return ElsewhereStep(
        place=row.destination.key,
        is_done=row.done_at is not None,
        count=row.count,
        evidence=row.evidence,
    )


def _erased(destination: Destination, ordinal: int, external_id: str) -> ToolErasure:
    row, _ = ToolErasure.objects.get_or_create(
        destination=destination, ordinal=ordinal, defaults={"asked_at": datetime.now(UTC)}
    )
    if row.done_at is not None:
        return row
    with _all_lists(destination) as holds:
        if holds is None:
            return _noted(row, "Its lists are being synced; it is asked after that.")
        records = _records(destination, ordinal, external_id)
        try:
            outcomes = list(open_destination(destination).erase(records))
        except IntegrationError as fault:
            return _noted(row, fault.sentence)
        crashpoint("erase: tool asked")
        if not _is_over(destination, ordinal, outcomes):
            return _noted(row, _said(outcomes))
        return _over(row, holds, outcomes)


@contextmanager
def _all_lists(destination: Destination) -> Iterator[list[Hold] | None]:
    """Nobody else writes to a list of the tool meanwhile; None if somebody does already."""
    holds: list[Hold] = []
    seconds = float(settings.SYNC_LEASE_SECONDS)
    ids = list(destination.audiences.order_by("pk").values_list("pk", flat=True))
    try:
        for audience_id in ids:
            hold = Hold.take(audience_id, seconds=seconds)
            if hold is None:
                break
            holds.append(hold)
        yield holds if len(holds) == len(ids) else None
    finally:
        for hold in holds:
            hold.release()


def _records(destination: Destination, ordinal: int, external_id: str) -> list[Record]:
    """Everything that the tool may know the person by: they may have been sent under several."""
    remote = RemoteContact.objects.filter(destination=destination, ordinal=ordinal)
    remote_id = remote.values_list("remote_id", flat=True).first() or ""
    template = template_of(destination)
    names = [template.fill({CUSTOMER_ID: external_id})] if not template.traits else []
    rows = SentIdentity.objects.filter(audience__destination=destination, ordinal=ordinal)
    names += rows.values_list("identity", flat=True).distinct()
    return [Record(ordinal=ordinal, identity=name, remote_id=remote_id) for name in set(names)]


def _is_over(destination: Destination, ordinal: int, outcomes: Sequence[Outcome]) -> bool:
    """Whether nothing more will come of asking: all was deleted, or the tool deletes nobody and the
    person is off its lists, which the sync after a suppression sees to."""
    if all(isinstance(outcome, Accepted) for outcome in outcomes):
        return True
    if not all(isinstance(outcome, Accepted | Rejected) for outcome in outcomes):
        return False
    rows = destination.audiences.all()
    return not any(
        ordinal in one.acknowledged_members() or ordinal in one.uncertain_members() for one in rows
    )


def _said(outcomes: Sequence[Outcome]) -> str:
    """What the tool answered, in a sentence."""
    refused = [outcome.reason for outcome in outcomes if isinstance(outcome, Rejected)]
    if refused:
        return f"The tool deletes nobody: {refused[0]}"
    if all(isinstance(outcome, Accepted) for outcome in outcomes):
        return "The tool deleted the contact, or had none." if outcomes else "It held no name."
    return "The tool gave no certain answer; it is asked again."


def _noted(row: ToolErasure, evidence: str) -> ToolErasure:
    row.evidence = evidence
    row.save(update_fields=["evidence"])
    return row


def _over(row: ToolErasure, holds: Sequence[Hold], outcomes: Sequence[Outcome]) -> ToolErasure:
    with transaction.atomic():
        for hold in holds:
            _clear_list(hold, row.ordinal)
        RemoteContact.objects.filter(destination=row.destination, ordinal=row.ordinal).delete()
        row.evidence, row.done_at = _said(outcomes), datetime.now(UTC)
        row.count = sum(isinstance(outcome, Accepted) for outcome in outcomes)
        row.save(update_fields=["evidence", "done_at", "count"])
    crashpoint("erase: tool cleared")
    return row


def _clear_list(hold: Hold, ordinal: int) -> None:
    """Clear the number that stands for the person from everything we keep of a list."""
    somebody = BitMap([ordinal])
    audience = Audience.objects.get(pk=hold.audience_id)
    hold.write(
        uncertain=write_bitmap(audience.uncertain_members() - somebody),
        sent=write_bitmap(audience.sent_members() - somebody),
        **acknowledged_fields(audience.acknowledged_members() - somebody),
    )
    for model in (SentIdentity, Rejection):
        model.objects.filter(audience=audience, ordinal=ordinal).delete()
    for batch in SyncBatch.objects.filter(run__audience=audience).iterator(chunk_size=100):
        members = read_bitmap(bytes(batch.members))
        if ordinal in members:
            SyncBatch.objects.filter(pk=batch.pk).update(members=write_bitmap(members - somebody))
    for report in DriftReport.objects.filter(audience=audience).exclude(evidence={}):
        _clear_report(report, ordinal)


def _clear_report(report: DriftReport, ordinal: int) -> None:
    kept = {
        kind: [one for one in some if one != ordinal] if isinstance(some, list) else some
        for kind, some in report.evidence.items()
    }
    if kept != report.evidence:
        DriftReport.objects.filter(pk=report.pk).update(evidence=kept)
