"""What was published of many segments, read by three queries and not by some for each."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, OuterRef, QuerySet, Subquery, Window
from django.db.models.functions import RowNumber
from pyroaring import BitMap

from catalogue.membership.versions import Link, members_at
from catalogue.models import MembershipVersion, Segment

# Their stored members are in memory at once.
AT_ONCE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """`newest`: the version of a segment with the highest number; None when none was published.
    `chain`: what is stored from the last key frame to it, ascending. `read`: the version that is
    read for the instant asked about."""

    newest: MembershipVersion | None
    chain: Sequence[Link]
    read: MembershipVersion | None

    def members(self) -> BitMap:
        """Those of the newest version; nobody before the first. Raises DamagedVersion."""
        return BitMap() if self.newest is None else members_at(self.newest, self.chain)

    @property
    def since_frame(self) -> list[int]:
        """How many bytes the difference of each version after the key frame takes."""
        return [len(one.entered) + len(one.left) for one in self.chain[1:]]


def befores(segments: Sequence[Segment], now: datetime) -> Iterator[tuple[Segment, Before]]:
    """Each of the segments with what was published of it, some read at a time."""
    for place in range(0, len(segments), AT_ONCE):
        some = segments[place : place + AT_ONCE]
        chains, read = _chains(some), _read(some, now)
        newest = {segment: chain[-1][0] for segment, chain in chains.items()}
        versions = _versions({*newest.values(), *read.values()}, some)
        for segment in some:
            yield (
                segment,
                Before(
                    newest=versions.get(newest.get(segment.pk, 0)),
                    chain=[link for _, link in chains.get(segment.pk, ())],
                    read=versions.get(read.get(segment.pk, 0)),
                ),
            )


# By segment, the ids of versions with what is stored of them.
Chains = dict[int, list[tuple[int, Link]]]


def _chains(segments: Collection[Segment]) -> Chains:
    framed = MembershipVersion.objects.filter(segment=OuterRef("pk"), key_frame__isnull=False)
    last_frame = framed.order_by("-number").values("number")[:1]
    rows = Segment.objects.filter(
        pk__in=[segment.pk for segment in segments], memberships__number__gte=Subquery(last_frame)
    )
    stored = (f"memberships__{name}" for name in ("pk", *Link._fields))
    found: Chains = {}
    for segment, version, *link in rows.order_by("pk", "memberships__number").values_list(
        "pk", *stored
    ):
        found.setdefault(segment, []).append((version, Link(*link)))
    return found


def _read(segments: Collection[Segment], now: datetime) -> Mapping[int, int]:
    """By segment, the version that describes `now`."""
    rows = MembershipVersion.objects.filter(segment=OuterRef("pk"), now__lte=now)
    newest = Subquery(rows.order_by("-now", "-number").values("pk")[:1])
    those = Segment.objects.filter(pk__in=[segment.pk for segment in segments])
    return {pk: found for pk, found in those.values_list("pk", newest) if found is not None}


def _versions(
    pks: Collection[int], segments: Collection[Segment]
) -> Mapping[int, MembershipVersion]:
    """The versions, but for the bitmaps that they store."""
    known = {segment.pk: segment for segment in segments}
    found = MembershipVersion.objects.defer(*MembershipVersion.HEAVY).in_bulk(list(pks))
    for version in found.values():
        version.segment = known[version.segment_id]
    return found


def described(segments: Collection[Segment], now: datetime) -> QuerySet[MembershipVersion]:
    """Of each segment the version that describes `now`, as `versions.version_as_of` has it."""
    newest_first = Window(
        RowNumber(), partition_by="segment_id", order_by=[F("now").desc(), F("number").desc()]
    )
    rows = MembershipVersion.objects.filter(segment__in=segments, now__lte=now)
    return rows.annotate(place=newest_first).filter(place=1)
