"""Turning judged members into the next version. Nothing here is visible until it is committed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models.functions import Now
from pyroaring import BitMap

from catalogue.membership import bitmaps
from catalogue.membership.gauges import Gauge, Taken, registered
from catalogue.membership.versions import members_of, version_as_of
from catalogue.models import (
    DefinitionVersion,
    MembershipVersion,
    Photo,
    Reading,
    RefreshRun,
    Segment,
)

# A key frame at least this often, so that reading a version never replays a long chain.
FRAME_EVERY = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Pinned:
    """What one run holds fast: everything in it is judged as of `now` on `photo`."""

    run: RefreshRun
    photo: Photo
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """The members that a definition version gives for one segment, and how long that took."""

    segment: Segment
    definition: DefinitionVersion
    members: BitMap
    milliseconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What publishing one judgement will do: `version` is new, or None when nothing changed."""

    judgement: Judgement
    before: MembershipVersion | None
    version: MembershipVersion | None
    readings: tuple[Reading, ...] = ()


def prepare(judgement: Judgement, pinned: Pinned, crowds: Mapping[str, BitMap]) -> Step:
    """Compare with the newest version and build the next one. Reads, and writes nothing.

    `crowds`: for each gauge that has its own definition, those who fit it. Raises DamagedVersion
    when the newest version cannot be read."""
    before = _newest(judgement.segment)
    stored = bitmaps.dump(judgement.members)
    sha256 = bitmaps.digest(stored)
    if before is not None and _says_the_same(before, judgement, pinned.now, sha256):
        return Step(judgement=judgement, before=before, version=None)
    old = BitMap() if before is None else members_of(before)
    taken = Taken(
        members=judgement.members,
        entered=judgement.members - old,
        left=old - judgement.members,
        crowd=None,
    )
    version = _version(judgement, pinned, before, taken, stored)
    readings = _readings(version, taken, crowds)
    return Step(judgement=judgement, before=before, version=version, readings=readings)


def write(step: Step, pinned: Pinned) -> bool:
    """Write a step inside the caller's transaction; False when somebody else published meanwhile,
    and then nothing of the transaction may stay."""
    if step.version is not None:
        step.version.save(force_insert=True)
        Reading.objects.bulk_create(step.readings)
    newest = step.version or step.before
    unmoved = Segment.objects.filter(pk=step.judgement.segment.pk, membership=step.before)
    return bool(unmoved.update(membership=newest, refreshed_at=pinned.now, broken_reason=""))


def _newest(segment: Segment) -> MembershipVersion | None:
    versions = MembershipVersion.objects.filter(segment=segment).select_related("segment")
    return versions.order_by("-number").first()


def _says_the_same(
    before: MembershipVersion, judgement: Judgement, now: datetime, sha256: str
) -> bool:
    """Whether the newest version, and the one read for `now`, already say exactly this.

    They are two only when a refresh went back in time: then a new version is needed although the
    members are those of the newest one, or reading the past would give another answer."""
    read = version_as_of(judgement.segment, now)
    return read is not None and all(
        version.sha256 == sha256 and version.definition_id == judgement.definition.pk
        for version in (before, read)
    )


def _version(
    judgement: Judgement,
    pinned: Pinned,
    before: MembershipVersion | None,
    taken: Taken,
    stored: bytes,
) -> MembershipVersion:
    entered, left = bitmaps.dump(taken.entered), bitmaps.dump(taken.left)
    needs_frame = before is None or _is_frame_due(before, len(entered) + len(left), len(stored))
    return MembershipVersion(
        segment=judgement.segment,
        number=1 if before is None else before.number + 1,
        subject=judgement.definition.subject,
        definition=judgement.definition,
        run=pinned.run,
        photo=pinned.photo,
        now=pinned.now,
        size=len(taken.members),
        entered_count=len(taken.entered),
        left_count=len(taken.left),
        entered=entered,
        left=left,
        key_frame=stored if needs_frame else None,
        sha256=bitmaps.digest(stored),
        published_at=Now(),
    )


def _is_frame_due(before: MembershipVersion, difference: int, frame: int) -> bool:
    """Whether the differences since the last key frame outweigh a new one, or are many."""
    versions = MembershipVersion.objects.filter(segment_id=before.segment_id)
    last = versions.filter(key_frame__isnull=False).order_by("-number").values("number")[:1]
    since = list(versions.filter(number__gt=last).values_list("entered", "left"))
    weight = difference + sum(len(entered) + len(left) for entered, left in since)
    return weight > frame or len(since) + 1 >= FRAME_EVERY


def _readings(
    version: MembershipVersion, taken: Taken, crowds: Mapping[str, BitMap]
) -> tuple[Reading, ...]:
    return tuple(_reading(gauge, version, taken, crowds) for gauge in registered())


def _reading(
    gauge: Gauge, version: MembershipVersion, taken: Taken, crowds: Mapping[str, BitMap]
) -> Reading:
    seen = Taken(
        members=taken.members,
        entered=taken.entered,
        left=taken.left,
        crowd=crowds.get(gauge.metric),
    )
    return Reading(
        membership=version,
        metric=gauge.metric,
        value=gauge.measure(seen),
        n=len(taken.members),
        unit="accounts" if gauge.unit == "people" and version.subject == "account" else gauge.unit,
        method=gauge.method,
        as_of=version.now,
    )
