"""Taking the erased out of every bitmap that is kept: of membership versions, of what goals made of
them, and of experiments. What was measured stays as it was measured; it names nobody."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime

from django.db import transaction
from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet
from pyroaring import BitMap

from catalogue.crashpoint import crashpoint
from catalogue.membership import bitmaps
from catalogue.membership.attempt import LEASE, LEASE_SECONDS
from catalogue.membership.versions import DamagedVersion
from catalogue.models import (
    Enrolment,
    GoalSplit,
    Measurement,
    MembershipVersion,
    RunState,
    Segment,
    VersionErasure,
)
from catalogue.privacy.erasing.person import Done, Person
from catalogue.warehouse import leases
from catalogue.warehouse.photos import newest_photo

BUSY = "A refresh is running, and what it publishes has to be looked through too."
UNFINISHED = (RunState.QUEUED, RunState.RUNNING)


class _Interrupted(Exception):
    """The lease was lost; the next attempt goes on."""


def clear_members(person: Person, now: datetime) -> Done:
    """Clear the erased in every membership version, goal and enrolment. No refresh runs meanwhile,
    and one that begins later reads what was cleared and a photo without them."""
    fence = leases.take(LEASE, leases.this_process(), LEASE_SECONDS)
    if fence is None:
        return Done(answer=BUSY, is_done=False)
    try:
        for chain in _chains():
            _clear_chain(person, chain, now, fence)
        splits = sum(_clear_split(person, split, fence) for split in _splits())
        enrolments = sum(_clear_enrolment(person, one, fence) for one in _enrolments())
    except _Interrupted:
        return Done(answer=BUSY, is_done=False)
    finally:
        leases.release(LEASE, fence)
    versions = VersionErasure.objects.filter(erasure=person.erasure).count()
    return Done(
        count=versions + splits + enrolments,
        answer=f"{versions} membership versions rewritten and hashed anew, {splits} of goals,"
        f" {enrolments} enrolments in experiments.",
    )


def is_read_from_older_data() -> bool:
    """Whether a measuring still has to read an older photo than the newest one."""
    photo = newest_photo()
    waiting = Measurement.objects.filter(state__in=UNFINISHED, run__photo__isnull=False)
    return photo is not None and waiting.exclude(run__photo=photo.pk).exists()


def _chains() -> Iterator[list[int]]:
    """The numbers of the rows of every chain of versions of customers, each from its key frame to
    the last one before the next."""
    for segment in Segment.objects.order_by("pk").values_list("pk", flat=True):
        rows = MembershipVersion.objects.filter(segment=segment, subject="customer").annotate(
            is_frame=ExpressionWrapper(Q(key_frame__isnull=False), BooleanField())
        )
        chain: list[int] = []
        for pk, is_frame in rows.order_by("number").values_list("pk", "is_frame"):
            if is_frame and chain:
                yield chain
                chain = []
            chain.append(pk)
        if chain:
            yield chain


def _clear_chain(person: Person, chain: list[int], now: datetime, fence: int) -> None:
    """Rewrite the versions of one chain that hold any of them, in one transaction."""
    _go_on(fence)
    rows = list(MembershipVersion.objects.filter(pk__in=chain).order_by("number"))
    changed = list(_without(rows, person.ordinals))
    if not changed:
        return
    with transaction.atomic():
        for row, before, cleared in changed:
            noted = VersionErasure.objects.create(
                erasure=person.erasure,
                membership=row,
                sha256_before=before,
                sha256_after=row.sha256,
                cleared=cleared,
                at=now,
            )
            _rewrite(row)
            VersionErasure.objects.filter(pk=noted.pk).update(is_open=False)
        crashpoint("erase: versions rewritten")
    crashpoint("erase: between chains")


def _without(
    rows: list[MembershipVersion], gone: BitMap
) -> Iterator[tuple[MembershipVersion, str, int]]:
    """The versions that change, as they will be, with their SHA-256 until now and how many ordinals
    are taken out of each. Raises DamagedVersion."""
    members = BitMap()
    for row in rows:
        frame, entered, left = (
            bitmaps.load(stored) for stored in (row.key_frame, row.entered, row.left)
        )
        is_frame = row.key_frame is not None
        members = frame if is_frame else (members | entered) - left
        cleared = sum(len(one & gone) for one in (members, entered, left))
        if not cleared:
            continue
        before = row.sha256
        if bitmaps.digest(bitmaps.dump(members)) != before:
            raise DamagedVersion(row, "its members do not give its SHA-256")
        kept, entered, left = members - gone, entered - gone, left - gone
        stored = bitmaps.dump(kept)
        row.entered, row.left = bitmaps.dump(entered), bitmaps.dump(left)
        row.entered_count, row.left_count, row.size = len(entered), len(left), len(kept)
        row.key_frame, row.sha256 = stored if is_frame else None, bitmaps.digest(stored)
        yield row, before, cleared


def _rewrite(row: MembershipVersion) -> None:
    """Change one version, which the database allows while the record of it is open."""
    fields = ("size", "entered_count", "left_count", "entered", "left", "key_frame", "sha256")
    MembershipVersion.objects.filter(pk=row.pk).update(
        **{name: getattr(row, name) for name in fields}
    )


def _splits() -> Iterator[GoalSplit]:
    return GoalSplit.objects.filter(subject="customer").order_by("pk").iterator(chunk_size=20)


def _clear_split(person: Person, split: GoalSplit, fence: int) -> int:
    _go_on(fence)
    members = {state: bitmaps.load(getattr(split, state)) for state in GoalSplit.STATES}
    if not any(one & person.ordinals for one in members.values()):
        return 0
    kept = {state: one - person.ordinals for state, one in members.items()}
    stored = {state: bitmaps.dump(one) for state, one in kept.items()}
    counts = {f"{state}_count": len(one) for state, one in kept.items()}
    digest = hashlib.sha256(b"".join(stored.values())).hexdigest()
    GoalSplit.objects.filter(pk=split.pk).update(sha256=digest, **stored, **counts)
    crashpoint("erase: a goal")
    return 1


def _enrolments() -> QuerySet[Enrolment]:
    return Enrolment.objects.order_by("pk")


def _clear_enrolment(person: Person, one: Enrolment, fence: int) -> int:
    _go_on(fence)
    people = bitmaps.load(one.people)
    if not people & person.ordinals:
        return 0
    left = people - person.ordinals
    Enrolment.objects.filter(pk=one.pk).update(people=bitmaps.dump(left), count=len(left))
    crashpoint("erase: an enrolment")
    return 1


def _go_on(fence: int) -> None:
    if not leases.renew(LEASE, fence, LEASE_SECONDS):
        raise _Interrupted
