"""Reading versions back. Whatever is damaged is refused, never served."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from pyroaring import BitMap

from catalogue.membership import bitmaps
from catalogue.models import MembershipVersion, Segment


class DamagedVersion(Exception):
    """What is stored of a version is not what was published; the message is for people."""

    def __init__(self, version: MembershipVersion, problem: str) -> None:
        self.version = version
        super().__init__(
            f"Membership version {version.number} of segment “{version.segment.key}” cannot be"
            f" trusted: {problem}. Nothing was read from it. Restore the database from a backup."
        )


class Link(NamedTuple):
    """What is stored of one version: the bitmaps of those who entered and left by it, and where
    there is a key frame, that of all its members."""

    number: int
    key_frame: bytes | None
    entered: bytes
    left: bytes


# A row has the same, and more.
Stored = Link | MembershipVersion


def members_of(version: MembershipVersion) -> BitMap:
    """The ordinals of a version, checked against its size and SHA-256 at every load.

    Raises DamagedVersion when they do not fit. Ordinals are not people: who may turn them into
    people, and which of them, is for `catalogue.published` to say."""
    return _replayed(version, list(_from_key_frame(version)))


def members_at(version: MembershipVersion, chain: Sequence[Stored]) -> BitMap:
    """The ordinals of a version, of which `chain` is what is stored from its key frame on; checked
    like those of `members_of`. Raises DamagedVersion."""
    return _replayed(version, chain)


def members_of_chain(chain: list[MembershipVersion]) -> BitMap:
    """The ordinals of the last version of a chain that begins with its key frame, checked like
    those of `members_of`. Raises DamagedVersion."""
    return _replayed(chain[-1], chain)


def version_as_of(segment: Segment, instant: datetime) -> MembershipVersion | None:
    """The version that describes `instant`: the greatest `now` at or before it; of several with
    one `now` the highest number. None before the first."""
    described = MembershipVersion.objects.filter(segment=segment, now__lte=instant)
    return described.select_related("segment").order_by("-now", "-number").first()


def members_as_of(segment: Segment, instant: datetime) -> BitMap | None:
    """The members at `instant`; None when no version describes it. Raises DamagedVersion."""
    version = version_as_of(segment, instant)
    return None if version is None else members_of(version)


def _replayed(version: MembershipVersion, chain: Sequence[Stored]) -> BitMap:
    try:
        members = _replay(version, chain)
    except (ValueError, ArithmeticError) as error:
        raise DamagedVersion(version, f"its stored members cannot be read ({error})") from error
    _check(version, members)
    return members


def _replay(version: MembershipVersion, chain: Sequence[Stored]) -> BitMap:
    if not chain or len(chain) != version.number - chain[0].number + 1:
        raise DamagedVersion(version, "versions between it and its key frame are missing")
    members = bitmaps.load(chain[0].key_frame)
    for later in chain[1:]:
        members |= bitmaps.load(later.entered)
        members -= bitmaps.load(later.left)
    return members


def _from_key_frame(version: MembershipVersion) -> list[MembershipVersion]:
    """The newest key frame at or before the version, and every version after it, ascending."""
    until = MembershipVersion.objects.filter(
        segment_id=version.segment_id, number__lte=version.number
    )
    frame = until.filter(key_frame__isnull=False).order_by("-number").values("number")[:1]
    fields = ("number", "key_frame", "entered", "left")
    return list(until.filter(number__gte=frame).order_by("number").only(*fields))


def _check(version: MembershipVersion, members: BitMap) -> None:
    if len(members) != version.size:
        problem = f"it should have {version.size} members but what is stored gives {len(members)}"
        raise DamagedVersion(version, problem)
    if bitmaps.digest(bitmaps.dump(members)) != version.sha256:
        raise DamagedVersion(version, "its members do not give its SHA-256")
