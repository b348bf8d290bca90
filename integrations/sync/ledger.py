"""The writes of a sync: each a short transaction that carries the fence, none open over a socket.

A claim is written before a batch is sent, its outcomes before the next one is; so a kill repeats at
most the one batch that was in flight.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.db.models import F, QuerySet
from pyroaring import BitMap

from integrations import registry
from integrations.models import (
    Audience,
    BatchState,
    Rejection,
    RemoteContact,
    SentIdentity,
    Side,
    SyncBatch,
    SyncRun,
)
from integrations.models.audience import acknowledged_fields, write_bitmap
from integrations.protocol import (
    Accepted,
    Operation,
    Outcome,
    ReadBackKind,
    Record,
    Rejected,
    RetryAfter,
    Split,
    Unknown,
)
from integrations.sync.hold import Hold
from integrations.sync.identities import hashed
from integrations.sync.plan import slices


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A batch that may be sent now. `fresh` were not uncertain before it, `first` were never sent
    before it."""

    batch_id: int
    operation: Operation
    records: tuple[Record, ...]
    fresh: BitMap
    first: BitMap


def claim(
    *,
    hold: Hold,
    run: SyncRun,
    number: int,
    operation: Operation,
    records: tuple[Record, ...],
    keep_identities: bool,
    now: datetime,
) -> Claim:
    """Write down that these records are about to be sent."""
    members = BitMap(record.ordinal for record in records)
    with transaction.atomic():
        hold.write()
        audience = Audience.objects.get(pk=hold.audience_id)
        uncertain, sent = audience.uncertain_members(), audience.sent_members()
        if operation is Operation.ADD:
            hold.write(
                uncertain=write_bitmap(uncertain | members), sent=write_bitmap(sent | members)
            )
            if keep_identities:
                _keep(hold.audience_id, records)
        batch = SyncBatch.objects.create(
            run=run,
            number=number,
            operation=operation.value,
            members=write_bitmap(members),
            count=len(members),
            claimed_at=now,
        )
    return Claim(
        batch_id=batch.pk,
        operation=operation,
        records=records,
        fresh=members - uncertain,
        first=members - sent,
    )


def give_back(*, hold: Hold, claim: Claim, now: datetime) -> None:
    """Write down that a batch was claimed and certainly not sent: nobody in it is uncertain, or
    ever was sent, on its account."""
    with transaction.atomic():
        hold.write()
        if claim.operation is Operation.ADD:
            audience = Audience.objects.get(pk=hold.audience_id)
            hold.write(
                uncertain=write_bitmap(audience.uncertain_members() - claim.fresh),
                sent=write_bitmap(audience.sent_members() - claim.first),
            )
            _delete(SentIdentity.objects.filter(audience_id=hold.audience_id), claim.first)
        SyncBatch.objects.filter(pk=claim.batch_id).update(
            state=BatchState.SETTLED,
            postponed=len(claim.records),
            error="Given back: it was claimed ahead, and not sent.",
            settled_at=now,
        )


def _keep(audience_id: int, records: Sequence[Record]) -> None:
    SentIdentity.objects.insert(
        [
            {"audience_id": audience_id, "ordinal": each.ordinal, "identity": each.identity}
            for each in records
        ],
        known_by=("audience_id", "ordinal"),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """The members of a batch by what became of them."""

    accepted: BitMap
    rejected: dict[int, Rejected]
    postponed: BitMap
    unknown: BitMap
    split: BitMap  # in a request that was refused as a whole, with others
    wait: float  # seconds that the tool asks for
    remote_ids: Mapping[int, str] = field(default_factory=dict)  # that the tool told, by ordinal


def sort_outcomes(records: Sequence[Record], outcomes: Sequence[Outcome]) -> Settled:
    """Outcomes by kind. A connector that returns too few or too many is not believed at all."""
    if len(outcomes) != len(records):
        outcomes = [Unknown("not one outcome per record")] * len(records)
    refused = sum(isinstance(outcome, Split) for outcome in outcomes)
    if refused == 1:
        # Alone, so there is nobody else to blame.
        outcomes = [Rejected(o.reason) if isinstance(o, Split) else o for o in outcomes]
    kinds: dict[type, list[int]] = {kind: [] for kind in (Accepted, RetryAfter, Unknown, Split)}
    rejected: dict[int, Rejected] = {}
    remote_ids: dict[int, str] = {}
    wait = 0.0
    for record, outcome in zip(records, outcomes, strict=True):
        if isinstance(outcome, Rejected):
            rejected[record.ordinal] = outcome
            continue
        kinds[type(outcome)].append(record.ordinal)
        if isinstance(outcome, Accepted) and outcome.remote_id:
            remote_ids[record.ordinal] = outcome.remote_id
        elif isinstance(outcome, RetryAfter):
            wait = max(wait, outcome.seconds)
    return Settled(
        accepted=BitMap(kinds[Accepted]),
        rejected=rejected,
        postponed=BitMap(kinds[RetryAfter]),
        unknown=BitMap(kinds[Unknown]),
        split=BitMap(kinds[Split]),
        wait=wait,
        remote_ids=remote_ids,
    )


def settle(
    *, hold: Hold, run: SyncRun, claim: Claim, settled: Settled, error: str, now: datetime
) -> None:
    """Write the outcomes of a batch, and who is acknowledged by them, in one transaction."""
    with transaction.atomic():
        hold.write()
        _move(hold, claim, settled)
        if claim.operation is Operation.REMOVE and not _is_read_back(run):
            forget_names(hold.audience_id, settled.accepted)
        _write_rejections(hold, claim, settled, now)
        _keep_remote_ids(run.audience.destination_id, settled.remote_ids)
        SyncBatch.objects.filter(pk=claim.batch_id).update(
            state=BatchState.SETTLED,
            accepted=len(settled.accepted),
            rejected=len(settled.rejected),
            unknown=len(settled.unknown),
            postponed=len(settled.postponed) + len(settled.split),
            error=error,
            settled_at=now,
        )
        SyncRun.objects.filter(pk=run.pk).update(**_counts(claim.operation, settled))


def settle_strangers(
    hold: Hold, batch_id: int, outcomes: Sequence[Outcome], error: str, *, now: datetime
) -> None:
    """Write what came of taking people off a mirrored list who are not ours."""
    kinds = Counter(type(outcome) for outcome in outcomes)
    with transaction.atomic():
        hold.write()
        SyncBatch.objects.filter(pk=batch_id).update(
            state=BatchState.SETTLED,
            accepted=kinds[Accepted],
            rejected=kinds[Rejected],
            unknown=kinds[Unknown],
            postponed=kinds[RetryAfter] + kinds[Split],
            error=error,
            settled_at=now,
        )


def _move(hold: Hold, claim: Claim, settled: Settled) -> None:
    audience = Audience.objects.get(pk=hold.audience_id)
    acknowledged, uncertain = audience.acknowledged_members(), audience.uncertain_members()
    if claim.operation is Operation.ADD:
        acknowledged |= settled.accepted
        uncertain -= settled.accepted | BitMap(settled.rejected)
        uncertain -= (settled.postponed | settled.split) & claim.fresh
    else:
        acknowledged -= settled.accepted
        uncertain -= settled.accepted
    hold.write(uncertain=write_bitmap(uncertain), **acknowledged_fields(acknowledged))


def _is_read_back(run: SyncRun) -> bool:
    about = registry.manifest(run.audience.destination.connector)
    return about.read_back is ReadBackKind.FULL


def forget_names(audience_id: int, members: BitMap) -> None:
    """Forget what members were sent as: they are off the list. A tool's word for that is enough
    only where it cannot be read back: who was not taken off after all has to be recognised."""
    _delete(SentIdentity.objects.filter(audience_id=audience_id), members)


def _write_rejections(hold: Hold, claim: Claim, settled: Settled, now: datetime) -> None:
    _delete(Rejection.objects.filter(audience_id=hold.audience_id), settled.accepted)
    sent_as = {
        record.ordinal: hashed(record.identity)
        for record in claim.records
        if record.ordinal in settled.rejected
    }
    _park(
        hold.audience_id,
        [
            Rejection(
                audience_id=hold.audience_id,
                ordinal=ordinal,
                side=Side.THEIRS,
                operation=claim.operation.value,
                identity_hash=sent_as[ordinal],
                reason=rejected.reason,
                opted_out=rejected.opted_out,
                at=now,
            )
            for ordinal, rejected in settled.rejected.items()
        ],
    )


def _keep_remote_ids(destination_id: int, told: Mapping[int, str]) -> None:
    RemoteContact.objects.insert(
        [
            {"destination_id": destination_id, "ordinal": ordinal, "remote_id": remote_id}
            for ordinal, remote_id in told.items()
        ],
        known_by=("destination_id", "ordinal"),
    )


def park_unsendable(
    *, hold: Hold, operation: Operation, faults: Mapping[int, str], now: datetime
) -> None:
    """Write down members that cannot be sent at all, and why."""
    rows = [
        Rejection(
            audience_id=hold.audience_id,
            ordinal=ordinal,
            side=Side.OURS,
            operation=operation.value,
            reason=reason,
            at=now,
        )
        for ordinal, reason in faults.items()
    ]
    with transaction.atomic():
        hold.write()
        _park(hold.audience_id, rows)


def _park(audience_id: int, rows: list[Rejection]) -> None:
    Rejection.objects.bulk_create(
        rows,
        batch_size=500,
        update_conflicts=True,
        unique_fields=["audience", "ordinal"],
        update_fields=["side", "operation", "identity_hash", "reason", "opted_out", "at"],
    )


def _delete(rows: QuerySet[Rejection] | QuerySet[SentIdentity], members: BitMap) -> None:
    there = BitMap(rows.values_list("ordinal", flat=True)) & members
    for some in slices(there, 500):
        rows.filter(ordinal__in=list(some)).delete()


def forget_rejections(*, hold: Hold, outside: BitMap) -> None:
    """Drop the rejections of members that are no longer in question."""
    rows = Rejection.objects.filter(audience_id=hold.audience_id)
    _delete(rows, BitMap(rows.values_list("ordinal", flat=True)) - outside)


def _counts(operation: Operation, settled: Settled) -> dict[str, object]:
    confirmed = "added" if operation is Operation.ADD else "removed"
    return {
        confirmed: F(confirmed) + len(settled.accepted),
        "rejected": F("rejected") + len(settled.rejected),
        "unknown": F("unknown") + len(settled.unknown),
    }
