"""What was published of many segments, read by three queries and not by some for each."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, OuterRef, QuerySet, Subquery, Window
from django.db.models.functions import RowNumber
from pyroaring import BitMap

from catalogue.membership.versions import members_of_chain
from catalogue.models import MembershipVersion, Segment

# Their stored members are in memory at once.
AT_ONCE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """`chain`: the versions of a segment from its last key frame to its newest, ascending; empty
    when none was published. `read`: the version that is read for the instant asked about."""

    chain: Sequence[MembershipVersion]
    read: MembershipVersion | None

    @property
    def newest(self) -> MembershipVersion | None:
        """The version with the highest number."""
        return self.chain[-1] if self.chain else None

    def members(self) -> BitMap:
        """Those of the newest version; nobody before the first. Raises DamagedVersion."""
        return members_of_chain(list(self.chain)) if self.chain else BitMap()

    @property
    def since_frame(self) -> list[int]:
        """How many bytes the difference of each version after the key frame takes."""
        return [len(one.entered) + len(one.left) for one in self.chain[1:]]


NOTHING = Before(chain=(), read=None)


def befores(segments: Sequence[Segment], now: datetime) -> Iterator[tuple[Segment, Before]]:
    """Each of the segments with what was published of it, some read at a time."""
    for place in range(0, len(segments), AT_ONCE):
        some = segments[place : place + AT_ONCE]
        chains, read = _chains(some), _read(some, now)
        for segment in some:
            yield segment, Before(chain=chains.get(segment.pk, ()), read=read.get(segment.pk))


def _chains(segments: Collection[Segment]) -> Mapping[int, list[MembershipVersion]]:
    framed = MembershipVersion.objects.filter(
        segment_id=OuterRef("segment_id"), key_frame__isnull=False
    )
    last_frame = framed.order_by("-number").values("number")[:1]
    rows = MembershipVersion.objects.filter(segment__in=segments, number__gte=Subquery(last_frame))
    found: dict[int, list[MembershipVersion]] = {}
    for one in rows.select_related("segment").order_by("segment_id", "number"):
        found.setdefault(one.segment_id, []).append(one)
    return found


def _read(segments: Collection[Segment], now: datetime) -> Mapping[int, MembershipVersion]:
    fields = ("segment_id", "sha256", "definition_id")
    return {one.segment_id: one for one in described(segments, now).only(*fields)}


def described(segments: Collection[Segment], now: datetime) -> QuerySet[MembershipVersion]:
    """Of each segment the version that describes `now`, as `versions.version_as_of` has it."""
    newest_first = Window(
        RowNumber(), partition_by="segment_id", order_by=[F("now").desc(), F("number").desc()]
    )
    rows = MembershipVersion.objects.filter(segment__in=segments, now__lte=now)
    return rows.annotate(place=newest_first).filter(place=1)
