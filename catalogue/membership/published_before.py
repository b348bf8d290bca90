"""What was published of many segments, read by a few queries and not by some for each."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, F, OuterRef, QuerySet, Subquery, Sum, Window
from django.db.models.functions import Length, RowNumber
from pyroaring import BitMap

from catalogue.membership.versions import Link, members_at
from catalogue.models import MembershipVersion, Segment

# Of so many segments what is stored of the members is in memory at once, and of so many the rest.
READ_AT_ONCE, TOLD_AT_ONCE = 50, 500


@dataclass(frozen=True, slots=True, kw_only=True)
class SinceFrame:
    """How many versions come after the last key frame, and how many bytes their differences
    take."""

    versions: int = 0
    bytes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """`newest`: the version of a segment with the highest number; None when none was published.
    `chain`: what is stored from the last key frame to it, ascending; or its members are `known`.
    `read`: the version that is read for the instant asked about."""

    newest: MembershipVersion | None
    read: MembershipVersion | None
    since_frame: SinceFrame = SinceFrame()
    chain: Sequence[Link] = ()
    known: BitMap | None = None

    @property
    def sha256(self) -> str:
        """That of the newest version; empty before the first."""
        return "" if self.newest is None else self.newest.sha256

    def members(self) -> BitMap:
        """Those of the newest version; nobody before the first. Raises DamagedVersion."""
        if self.newest is None:
            return BitMap()
        return members_at(self.newest, self.chain) if self.known is None else self.known


Known = Callable[[MembershipVersion], BitMap | None]


def nothing_known(_: MembershipVersion) -> BitMap | None:
    """Everything is read."""
    return None


def befores(
    segments: Sequence[Segment], now: datetime, known: Known = nothing_known
) -> Iterator[tuple[Segment, Before]]:
    """Each of the segments with what was published of it, some read at a time. What is stored of
    the members is read unless they are `known` by what the newest version says of itself."""
    for some in _portions(segments, TOLD_AT_ONCE):
        newest, since = _newest(some), _since_frame(some)
        held = {pk: members for pk, one in newest.items() if (members := known(one)) is not None}
        described = _described(some, now, newest.values())
        for few in _portions(some, READ_AT_ONCE):
            chains = _chains([one for one in few if one.pk in newest and one.pk not in held])
            for segment in few:
                pk = segment.pk
                before = Before(
                    newest=newest.get(pk),
                    read=described.get(pk),
                    since_frame=since.get(pk, SinceFrame()),
                    chain=chains.get(pk, ()),
                    known=held.get(pk),
                )
                yield segment, before


def _portions(segments: Sequence[Segment], size: int) -> Iterator[Sequence[Segment]]:
    return (segments[place : place + size] for place in range(0, len(segments), size))


def _framed() -> QuerySet[MembershipVersion]:
    return MembershipVersion.objects.filter(segment=OuterRef("segment"), key_frame__isnull=False)


def _last_frame() -> Subquery:
    return Subquery(_framed().order_by("-number").values("number")[:1])


def _newest(segments: Collection[Segment]) -> dict[int, MembershipVersion]:
    """By segment, its newest version, but for the bitmaps; none where its key frame is lost."""
    others = MembershipVersion.objects.filter(segment=OuterRef("segment"))
    highest = Subquery(others.order_by("-number").values("number")[:1])
    rows = MembershipVersion.objects.defer(*MembershipVersion.HEAVY).filter(
        Exists(_framed()), segment__in=[segment.pk for segment in segments], number=highest
    )
    return {one.segment_id: one for one in _named(rows, segments)}


def _since_frame(segments: Collection[Segment]) -> dict[int, SinceFrame]:
    later = MembershipVersion.objects.filter(
        segment__in=[segment.pk for segment in segments], number__gt=_last_frame()
    )
    counted = later.values("segment").annotate(
        versions=Count("pk"), size=Sum(Length("entered") + Length("left"))
    )
    return {
        pk: SinceFrame(versions=versions, bytes=size)
        for pk, versions, size in counted.values_list("segment", "versions", "size")
    }


def _chains(segments: Collection[Segment]) -> dict[int, list[Link]]:
    """By segment, what is stored of its versions from the last key frame on."""
    if not segments:
        return {}
    rows = MembershipVersion.objects.filter(
        segment__in=[segment.pk for segment in segments], number__gte=_last_frame()
    )
    found: dict[int, list[Link]] = {}
    for segment, *link in rows.order_by("segment", "number").values_list("segment", *Link._fields):
        found.setdefault(segment, []).append(Link(*link))
    return found


def _described(
    segments: Collection[Segment], now: datetime, newest: Iterable[MembershipVersion]
) -> Mapping[int, MembershipVersion]:
    """By segment, the version that describes `now`: mostly the newest one."""
    known = {one.pk: one for one in newest}
    read = _read(segments, now)
    others = MembershipVersion.objects.defer(*MembershipVersion.HEAVY).filter(
        pk__in=set(read.values()) - known.keys()
    )
    known |= {one.pk: one for one in _named(others, segments)}
    return {segment: known[pk] for segment, pk in read.items()}


def _read(segments: Collection[Segment], now: datetime) -> Mapping[int, int]:
    """By segment, the version that describes `now`."""
    rows = MembershipVersion.objects.filter(segment=OuterRef("pk"), now__lte=now)
    newest = Subquery(rows.order_by("-now", "-number").values("pk")[:1])
    those = Segment.objects.filter(pk__in=[segment.pk for segment in segments])
    return {pk: found for pk, found in those.values_list("pk", newest) if found is not None}


def _named(
    versions: Iterable[MembershipVersion], segments: Collection[Segment]
) -> Iterator[MembershipVersion]:
    known = {segment.pk: segment for segment in segments}
    for version in versions:
        version.segment = known[version.segment_id]
        yield version


def described(segments: Collection[Segment], now: datetime) -> QuerySet[MembershipVersion]:
    """Of each segment the version that describes `now`, as `versions.version_as_of` has it."""
    newest_first = Window(
        RowNumber(), partition_by="segment_id", order_by=[F("now").desc(), F("number").desc()]
    )
    rows = MembershipVersion.objects.filter(segment__in=segments, now__lte=now)
    return rows.annotate(place=newest_first).filter(place=1)
