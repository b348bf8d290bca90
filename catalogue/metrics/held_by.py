"""Whom segments held as of an instant: the versions that are measured, and their members."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

from pyroaring import BitMap

from catalogue.membership.versions import DamagedVersion, members_of
from catalogue.models import DefinitionVersion, MembershipVersion, Reading, Segment, Status, Whose


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
    wanted = rows.filter(key__in=keys) if keys else rows
    for segment in wanted:
        version = _version_of(segment, now)
        if version is None:
            continue
        try:
            members = members_of(version)
        except DamagedVersion as error:
            damaged[segment.key] = str(error)
            continue
        before = _definition_before(version, now)
        yield Held(segment=segment, version=version, members=members, before=before)


def _version_of(segment: Segment, now: datetime) -> MembershipVersion | None:
    rows = MembershipVersion.objects.filter(segment=segment, now__lte=now)
    heavy = MembershipVersion.HEAVY
    found = rows.select_related("definition", "segment").defer(*heavy)
    return found.order_by("-now", "-number").first()


def _definition_before(version: MembershipVersion, now: datetime) -> DefinitionVersion | None:
    """The definition of the reading before, if that is another one that can be judged still."""
    readings = Reading.objects.filter(
        segment=version.segment_id, whose=Whose.MEMBERS, as_of__lt=now, measurement__isnull=False
    )
    last = readings.order_by("-as_of").values_list("definition", flat=True).first()
    if last is None or last == version.definition_id:
        return None
    rows = DefinitionVersion.objects.filter(pk=last, canonical__isnull=False)
    return rows.filter(subject=version.subject).first()
