"""What was published of many segments, read by a few queries and not by some for each."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol

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

    def then(self, version: MembershipVersion) -> SinceFrame:
        """The same when one more version is written."""
        if version.key_frame is not None:
            return SinceFrame()
        size = len(version.entered) + len(version.left)
        return SinceFrame(versions=self.versions + 1, bytes=self.bytes + size)


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Newest:
    """The newest version of a segment, without its bitmaps, and what comes after its key frame."""

    version: MembershipVersion
    since_frame: SinceFrame


class Identity(NamedTuple):
    """Which version it is, and what it says; no two that are not the same have one."""

    pk: int
    number: int
    sha256: str
    definition: int

    @classmethod
    def of(cls, version: MembershipVersion) -> Identity:
        """That of a version."""
        return cls(version.pk, version.number, version.sha256, version.definition_id)


class Memory(Protocol):
    """What somebody knows of what was published, by what the database says of a version."""

    def members(self, version: MembershipVersion) -> BitMap | None:
        """Those of a version."""

    def newest(self, which: Identity) -> Newest | None:
        """The version, if it was the newest one of its segment."""


class Nothing:
    """Everything is read."""

    def members(self, version: MembershipVersion) -> BitMap | None:
        """Nobody is known."""
        return None

    def newest(self, which: Identity) -> Newest | None:
        """No version is known."""
        return None


NOTHING = Nothing()


def befores(
    segments: Sequence[Segment], now: datetime, memory: Memory = NOTHING
) -> Iterator[tuple[Segment, Before]]:
    """Each of the segments with what was published of it, some read at a time. What is stored of
    the members is read unless they are remembered."""
    for some in _portions(segments, TOLD_AT_ONCE):
        told = _told(some, now)
        remembered = _remembered(some, told, memory)
        yield from ((one, remembered[one.pk]) for one in some if one.pk in remembered)
        yield from _read_of([one for one in some if one.pk not in remembered], told, memory)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the database says of a segment: which version is the newest, and the id of the one that
    is `read` for an instant."""

    newest: Identity
    read: int | None


def _told(segments: Collection[Segment], now: datetime) -> dict[int, Told]:
    """What it says of each segment."""
    shown = [f"membership__{name}" for name in Identity._fields]
    those = Segment.objects.filter(pk__in=[segment.pk for segment in segments])
    rows = those.values_list("pk", _read_at(now), *shown)
    return {pk: Told(newest=Identity(*which), read=read) for pk, read, *which in rows}


def _read_at(now: datetime) -> Subquery:
    rows = MembershipVersion.objects.filter(segment=OuterRef("pk"), now__lte=now)
    return Subquery(rows.order_by("-now", "-number").values("pk")[:1])


def _remembered(
    segments: Sequence[Segment], told: Mapping[int, Told], memory: Memory
) -> dict[int, Before]:
    """By segment, what was published of it where all of that is remembered."""
    found: dict[int, Before] = {}
    for segment in segments:
        says = told.get(segment.pk)
        newest = None if says is None else memory.newest(says.newest)
        if says is None or newest is None or says.read != says.newest.pk:
            continue
        version = newest.version
        members = memory.members(version)
        if members is not None:
            version.segment = segment
            found[segment.pk] = Before(
                newest=version, read=version, since_frame=newest.since_frame, known=members
            )
    return found


def _read_of(
    segments: Sequence[Segment], told: Mapping[int, Told], memory: Memory
) -> Iterator[tuple[Segment, Before]]:
    """The same of the others, read from the database."""
    if segments:
        newest, since = _newest(segments), _since_frame(segments)
        held = {
            pk: members
            for pk, one in newest.items()
            if (members := memory.members(one)) is not None
        }
        described = _described(segments, told, newest.values())
        for few in _portions(segments, READ_AT_ONCE):
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
    segments: Collection[Segment],
    told: Mapping[int, Told],
    newest: Iterable[MembershipVersion],
) -> Mapping[int, MembershipVersion]:
    """By segment, the version that is read: mostly the newest one."""
    known = {one.pk: one for one in newest}
    says = {one.pk: told[one.pk].read for one in segments if one.pk in told}
    read = {segment: pk for segment, pk in says.items() if pk is not None}
    others = MembershipVersion.objects.defer(*MembershipVersion.HEAVY).filter(
        pk__in=set(read.values()) - known.keys()
    )
    known |= {one.pk: one for one in _named(others, segments)}
    return {segment: known[pk] for segment, pk in read.items()}


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
