"""How much segments have in common, by what was published of each. Numbers, and nobody's name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import combinations
from typing import Any

from pyroaring import BitMap

from catalogue.definitions.nodes import Subject
from catalogue.definitions.pieces import nearest
from catalogue.membership.known_members import keep_members, known_members
from catalogue.membership.published_before import befores
from catalogue.models import MembershipVersion, Segment, Status
from catalogue.permissions import Actor
from catalogue.segments.refusals import SegmentRefused
from catalogue.segments.subjects import PLURALS, held_in

# Of more segments than these nobody reads every region: there are 2ⁿ − 1.
MOST_FOR_REGIONS = 5


class NotComparable(SegmentRefused):
    """These segments cannot be laid over each other; the message is for people."""


class NoSuchSegment(NotComparable):
    """A key of no segment that exists for who asks."""


class NeverRefreshed(NotComparable):
    """Nobody knows yet who is in one of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Circle:
    """One segment, as its membership version `version` says of the instant `now`."""

    key: str
    name: str
    version: int
    now: datetime
    size: int

    def as_data(self) -> dict[str, Any]:
        """As programs read it."""
        return {
            "key": self.key,
            "name": self.name,
            "size": self.size,
            "membership_version": self.version,
            "as_of": self.now,
        }


@dataclass(frozen=True, slots=True)
class Pair:
    """Two segments that hold `both` members in common, of `either` that are in one of them, or in
    both; `smaller` is the size of the smaller one."""

    one: str
    other: str
    both: int
    either: int
    smaller: int

    @property
    def jaccard(self) -> float | None:
        """The common share of all that either holds; None when nobody is in either."""
        return self.both / self.either if self.either else None

    @property
    def share_of_smaller(self) -> float | None:
        """How much of the smaller one lies in the other; None when it is empty."""
        return self.both / self.smaller if self.smaller else None

    def as_data(self) -> dict[str, Any]:
        """As programs read it."""
        return {
            "segments": [self.one, self.other],
            "both": self.both,
            "jaccard": self.jaccard,
            "share_of_smaller": self.share_of_smaller,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """Those who are in all of `keys`, and in none of the other segments that were asked for."""

    keys: tuple[str, ...]
    size: int

    def as_data(self) -> dict[str, Any]:
        """As programs read it."""
        return {"segments": self.keys, "size": self.size}


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlap:
    """Segments of one `subject` laid over each other, in the order in which they were asked for.

    `common`: by the places of two of them, the lower one first, how many are in both. `regions`: of
    up to MOST_FOR_REGIONS segments, every region, empty ones too; else None. `union`: how many are
    in any of them."""

    subject: Subject
    circles: tuple[Circle, ...]
    common: Mapping[tuple[int, int], int] = field(repr=False)
    regions: tuple[Region, ...] | None
    union: int

    def pairs(self) -> Iterator[Pair]:
        """Every two of them."""
        for (i, j), both in self.common.items():
            one, other = self.circles[i], self.circles[j]
            yield Pair(
                one.key,
                other.key,
                both,
                either=one.size + other.size - both,
                smaller=min(one.size, other.size),
            )

    def as_data(self) -> dict[str, Any]:
        """As programs read it."""
        circles, regions = self.circles, self.regions or ()
        return {
            "subject": self.subject,
            "segments": [one.as_data() for one in circles],
            "pairs": [one.as_data() for one in self.pairs()],
            "regions": None if self.regions is None else [one.as_data() for one in regions],
            "union": self.union,
        }


def overlap(keys: Sequence[str], *, viewer: Actor) -> Overlap:
    """Lay two segments or more over each other, each at its newest membership version; a key named
    twice counts once. Numbers are for everybody who may know of the segments.

    Raises NotComparable (NoSuchSegment, NeverRefreshed) and DamagedVersion."""
    segments = _segments(list(dict.fromkeys(keys)), viewer)
    versions, sets = _newest(segments)
    return Overlap(
        subject=_subject(segments, versions),
        circles=tuple(map(_circle, segments, versions)),
        common=common_members(sets),
        regions=_regions([one.key for one in segments], sets),
        union=len(BitMap.union(*sets)),
    )


def newest_members(segments: Sequence[Segment]) -> dict[int, BitMap]:
    """Who is in each of the segments that were ever refreshed, by the ids of the segments; the sets
    are shared, so nobody changes them. Raises DamagedVersion."""
    known = [segment for segment in segments if segment.membership is not None]
    _, sets = _newest(known)
    return {segment.pk: members for segment, members in zip(known, sets, strict=True)}


def common_members(sets: Sequence[BitMap]) -> dict[tuple[int, int], int]:
    """How many every two of them have in common, by their places."""
    return {
        (i, j): one.intersection_cardinality(other)
        for (i, one), (j, other) in combinations(enumerate(sets), 2)
    }


def _segments(keys: list[str], viewer: Actor) -> list[Segment]:
    if len(keys) < 2:
        raise NotComparable("Name at least two segments; one alone overlaps with nothing.")
    # A text with a NUL is nobody's key, and PostgreSQL takes none.
    asked = [key for key in keys if "\x00" not in key]
    rows = Segment.objects.visible_to(viewer).filter(key__in=asked).select_related("membership")
    heavy = [f"membership__{column}" for column in MembershipVersion.HEAVY]
    found = {segment.key: segment for segment in rows.defer(*heavy)}
    for key in keys:
        if key not in found:
            raise NoSuchSegment(_unknown(key, viewer))
        _check_is_known(found[key])
    return [found[key] for key in keys]


def _unknown(key: str, viewer: Actor) -> str:
    near = nearest(key, Segment.objects.visible_to(viewer).values_list("key", flat=True))
    hint = f" Did you mean “{near}”?" if near else ""
    return f"There is no segment “{key}”.{hint}"


def _check_is_known(segment: Segment) -> None:
    if segment.status == Status.ARCHIVED:
        raise NotComparable(f"“{segment.name}” is archived: nobody is in it any more.")
    if segment.membership is None:
        raise NeverRefreshed(
            f"“{segment.name}” was never refreshed, so nobody knows yet who is in it. Refresh it"
            " first, or leave it out."
        )


def _newest(segments: list[Segment]) -> tuple[list[MembershipVersion], list[BitMap]]:
    """The newest version of each segment, and its members."""
    found: dict[int, tuple[MembershipVersion, BitMap]] = {}
    for segment in segments:
        version = segment.membership
        members = None if version is None else known_members(version)
        if version is not None and members is not None:
            found[segment.pk] = version, members
    missing = [segment for segment in segments if segment.pk not in found]
    for segment, before in befores(missing, datetime.max.replace(tzinfo=UTC)):
        version, members = before.newest, before.members()
        assert version is not None  # noqa: S101 (it was checked to have been refreshed)
        keep_members(version, members)
        found[segment.pk] = version, members
    pairs = [found[segment.pk] for segment in segments]
    return [version for version, _ in pairs], [members for _, members in pairs]


def _subject(segments: list[Segment], versions: list[MembershipVersion]) -> Subject:
    subject = held_in(versions[0])
    for segment, version in zip(segments, versions, strict=True):
        if held_in(version) != subject:
            raise NotComparable(
                f"“{segments[0].name}” holds {PLURALS[subject]} and “{segment.name}” holds"
                f" {PLURALS[held_in(version)]}. Compare segments that hold the same."
            )
    return subject


def _circle(segment: Segment, version: MembershipVersion) -> Circle:
    return Circle(
        key=segment.key,
        name=segment.name,
        version=version.number,
        now=version.now,
        size=version.size,
    )


def _regions(keys: list[str], sets: list[BitMap]) -> tuple[Region, ...] | None:
    if len(keys) > MOST_FOR_REGIONS:
        return None
    regions = (
        Region(keys=tuple(keys[i] for i in places), size=len(_only_in(places, sets)))
        for count in range(1, len(keys) + 1)
        for places in combinations(range(len(keys)), count)
    )
    return tuple(regions)


def _only_in(places: tuple[int, ...], sets: list[BitMap]) -> BitMap:
    others = [one for place, one in enumerate(sets) if place not in places]
    return BitMap.intersection(*(sets[place] for place in places)) - BitMap().union(*others)
