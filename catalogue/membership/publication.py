"""Turning judged members into the next version. Nothing here is visible until it is committed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import OuterRef, Subquery
from django.db.models.functions import Now
from pyroaring import BitMap

from catalogue.crashpoint import crashpoint
from catalogue.membership import bitmaps
from catalogue.membership.gauges import Gauge, Taken, registered
from catalogue.membership.published_before import Before, SinceFrame
from catalogue.membership.versions import DamagedVersion
from catalogue.models import (
    DefinitionVersion,
    MembershipVersion,
    Photo,
    Reading,
    RefreshRun,
    Segment,
)

# What is written of a version; the database puts in when that was.
STORED = tuple(
    field.attname
    for field in MembershipVersion._meta.concrete_fields
    if field.attname not in ("id", "published_at")
)
# A reading by its attributes.
Taking = Mapping[str, object]
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
    """What publishing one judgement will do: `version` is new, or None when nothing changed.
    `since_frame`: what comes after the key frame of the newest one then."""

    judgement: Judgement
    before: MembershipVersion | None
    version: MembershipVersion | None
    since_frame: SinceFrame
    readings: tuple[Taking, ...] = ()

    @property
    def newest(self) -> MembershipVersion | None:
        """The newest version of the segment when that is done."""
        return self.version or self.before


def prepare(
    judgement: Judgement, pinned: Pinned, before: Before, crowds: Mapping[str, BitMap]
) -> Step:
    """Compare with what was published before and build the next version. Writes nothing.

    `crowds`: for each gauge that has its own definition, those who fit it. Raises DamagedVersion
    when the newest version cannot be read."""
    lost = judgement.segment.membership if before.newest is None else None
    if lost is not None:
        raise DamagedVersion(lost, "its key frame is missing")
    nothing = Step(
        judgement=judgement, before=before.newest, version=None, since_frame=before.since_frame
    )
    if before.known == judgement.members and _says_the_same(before, judgement, before.sha256):
        return nothing
    stored = bitmaps.dump(judgement.members)
    sha256 = bitmaps.digest(stored)
    if _says_the_same(before, judgement, sha256):
        return nothing
    taken = _taken(judgement.members, before.members())
    version = _version(judgement, pinned, before, taken, stored, sha256)
    readings = _readings(version, taken, crowds)
    return Step(
        judgement=judgement,
        before=before.newest,
        version=version,
        since_frame=before.since_frame.then(version),
        readings=readings,
    )


def _taken(members: BitMap, old: BitMap) -> Taken:
    # Whoever moved is found first, for to tell those apart costs next to nothing.
    moved = members ^ old
    entered = moved & members
    return Taken(members=members, entered=entered, left=moved - entered, crowd=None)


def write(steps: Sequence[Step], pinned: Pinned) -> bool:
    """Write all steps inside the caller's transaction; False when somebody else published
    meanwhile, and then nothing of the transaction may stay."""
    _write_versions([step.version for step in steps if step.version is not None], pinned)
    Reading.objects.insert(list(_taken_of(steps)))
    crashpoint("publish: versions written")
    return _show(steps, pinned)


def _write_versions(versions: Sequence[MembershipVersion], pinned: Pinned) -> None:
    """Write them, and give them their ids."""
    rows = [{name: getattr(one, name) for name in STORED} for one in versions]
    MembershipVersion.objects.insert(rows, clock="published_at")
    mine = MembershipVersion.objects.filter(
        run=pinned.run, segment__in={v.segment_id for v in versions}
    )
    ids = {
        (segment, number): pk for segment, number, pk in mine.values_list("segment", "number", "pk")
    }
    for one in versions:
        one.pk = ids[one.segment_id, one.number]
        one._state.adding, one._state.db = False, mine.db


def _taken_of(steps: Sequence[Step]) -> Iterator[Taking]:
    """The readings of the versions, which have their ids by now."""
    for step in steps:
        if step.version is not None:
            whose = {"membership_id": step.version.pk}
            yield from ({**reading, **whose} for reading in step.readings)


def _show(steps: Sequence[Step], pinned: Pinned) -> bool:
    """Make the version of each step the newest of its segment, if the newest of all of them are
    still those before."""
    before = {step.judgement.segment.pk: step.before and step.before.pk for step in steps}
    mine = Segment.objects.filter(pk__in=before)
    # In one order, so that two who lock several wait for each other and not both for ever.
    locked = mine.select_for_update().order_by("pk").values_list("pk", "membership")
    if dict(locked) != before:
        return False
    crashpoint("publish: before the segments")
    mine.update(refreshed_at=pinned.now, broken_reason="")
    crashpoint("publish: between the segments")
    moved = [step.judgement.segment.pk for step in steps if step.version is not None]
    # Nobody else publishes of these while they are locked: the newest is the one just written.
    written = MembershipVersion.objects.filter(segment=OuterRef("pk")).order_by("-number")
    Segment.objects.filter(pk__in=moved).update(membership=Subquery(written.values("pk")[:1]))
    return True


def _says_the_same(before: Before, judgement: Judgement, sha256: str) -> bool:
    """Whether the newest version, and the one read for `now`, already say exactly this.

    They are two only when a refresh went back in time: then a new version is needed although the
    members are those of the newest one, or reading the past would give another answer."""
    return all(
        version is not None
        and version.sha256 == sha256
        and version.definition_id == judgement.definition.pk
        for version in (before.newest, before.read)
    )


def _version(
    judgement: Judgement,
    pinned: Pinned,
    before: Before,
    taken: Taken,
    stored: bytes,
    sha256: str,
) -> MembershipVersion:
    entered, left = bitmaps.dump(taken.entered), bitmaps.dump(taken.left)
    newest = before.newest
    difference = len(entered) + len(left)
    needs_frame = newest is None or _is_frame_due(before, difference, len(stored))
    return MembershipVersion(
        segment=judgement.segment,
        number=1 if newest is None else newest.number + 1,
        subject=judgement.definition.subject,
        definition_id=judgement.definition.pk,
        run_id=pinned.run.pk,
        photo_id=pinned.photo.pk,
        now=pinned.now,
        size=len(taken.members),
        entered_count=len(taken.entered),
        left_count=len(taken.left),
        entered=entered,
        left=left,
        key_frame=stored if needs_frame else None,
        sha256=sha256,
        published_at=Now(),
    )


def _is_frame_due(before: Before, difference: int, frame: int) -> bool:
    """Whether the differences since the last key frame outweigh a new one, or are many."""
    since = before.since_frame
    return difference + since.bytes > frame or since.versions + 1 >= FRAME_EVERY


def _readings(
    version: MembershipVersion, taken: Taken, crowds: Mapping[str, BitMap]
) -> tuple[Taking, ...]:
    of_all: Taking = {
        "segment_id": version.segment_id,
        "definition_id": version.definition_id,
        "photo_id": version.photo_id,
        "n": version.size,
        "as_of": version.now,
    }
    return tuple(
        {**of_all, **_reading(gauge, version, _seen(gauge, taken, crowds))}
        for gauge in registered()
    )


def _seen(gauge: Gauge, taken: Taken, crowds: Mapping[str, BitMap]) -> Taken:
    """What a gauge looks at."""
    return taken if gauge.crowd is None else replace(taken, crowd=crowds.get(gauge.metric))


def _reading(gauge: Gauge, version: MembershipVersion, seen: Taken) -> Taking:
    of_accounts = gauge.unit == "people" and version.subject == "account"
    return {
        "metric": gauge.metric,
        "value": gauge.measure(seen),
        "unit": "accounts" if of_accounts else gauge.unit,
        "method": gauge.method,
    }
