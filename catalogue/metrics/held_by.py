"""Whom segments held as of an instant: the versions that are measured, and their members."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Window
from django.db.models.functions import RowNumber
from pyroaring import BitMap

from catalogue.engine.inputs import SegmentInput
from catalogue.membership.published_before import Before, befores, described
from catalogue.membership.versions import DamagedVersion, members_of
from catalogue.models import DefinitionVersion, MembershipVersion, Reading, Segment, Status, Whose
from catalogue.segments.subjects import held_in

SIZE = "size"


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A segment with the version that describes the instant; `before` is the definition that was
    measured last, when it is another one."""

    segment: Segment
    version: MembershipVersion
    members: BitMap
    before: DefinitionVersion | None = None


def held(keys: Collection[str], now: datetime, damaged: dict[str, str]) -> Iterator[Held]:
    """Each segment not archived, or those of the keys, that a version describes at `now`; those
    that cannot be read are put into `damaged`, with the reason."""
    rows = Segment.objects.exclude(status=Status.ARCHIVED).order_by("key")
    segments = list(rows.filter(key__in=keys) if keys else rows)
    versions = _versions(segments, now)
    measured = _definitions_before(list(versions.values()), now)
    for segment, published in befores(segments, now):
        version = versions.get(segment.pk)
        if version is None:
            continue
        try:
            members = _members(version, published)
        except DamagedVersion as error:
            damaged[segment.key] = str(error)
            continue
        before = measured.get(segment.pk)
        yield Held(segment=segment, version=version, members=members, before=before)


def as_inputs(segments: Iterable[Held]) -> dict[str, SegmentInput]:
    """Segments as lists of whom they hold, for conditions that refer to them."""
    return {
        one.segment.key: SegmentInput(static=one.members, list_of=held_in(one.version))
        for one in segments
    }


def _versions(segments: Collection[Segment], now: datetime) -> dict[int, MembershipVersion]:
    """By segment, the version that describes `now`."""
    rows = described(segments, now).defer(*MembershipVersion.HEAVY)
    return {one.segment_id: one for one in rows.select_related("definition", "segment")}


def _members(version: MembershipVersion, published: Before) -> BitMap:
    is_newest = published.newest is not None and published.newest.pk == version.pk
    return published.members() if is_newest else members_of(version)


def _definitions_before(
    versions: Collection[MembershipVersion], now: datetime
) -> dict[int, DefinitionVersion]:
    """By segment, the definition of the measuring before, if that is another one than that of the
    version and can be judged still."""
    newest_first = Window(RowNumber(), partition_by="segment_id", order_by=F("as_of").desc())
    # Every measuring says the size.
    readings = Reading.objects.filter(
        segment__in=[one.segment_id for one in versions],
        metric=SIZE,
        whose=Whose.MEMBERS,
        as_of__lt=now,
        measurement__isnull=False,
    )
    last = readings.annotate(place=newest_first).filter(place=1)
    said = dict(last.values_list("segment_id", "definition_id"))
    rows = DefinitionVersion.objects.filter(pk__in=said.values(), canonical__isnull=False)
    known = rows.in_bulk()
    found = {one.segment_id: known.get(said.get(one.segment_id)) for one in versions}
    return {
        one.segment_id: before
        for one in versions
        if (before := found[one.segment_id]) is not None
        and before.pk != one.definition_id
        and before.subject == one.subject
    }
