"""Members that this process put together or published, and its newest versions, so that they need
not be put together from what is stored again.

Members are found by the SHA-256 that a version says its members have, so whatever is found is
exactly that; a version is the newest one only where the database still says so. What neither tells
is whether the bitmaps of the rows still say the same: a refresh looks at those unless it follows
from another one of its day (`judging`), and whoever serves a version does at every load."""

from __future__ import annotations

from collections.abc import Mapping

from pyroaring import BitMap

from catalogue.engine.bitmaps import bytes_of
from catalogue.engine.shelf import Shelf
from catalogue.membership.published_before import Identity, Newest, SinceFrame
from catalogue.models import MembershipVersion, Segment

# By SHA-256, which stands for no other members.
KNOWN: Shelf[BitMap] = Shelf(64 * 1024 * 1024)
# The newest versions, without their bitmaps, when this process published last.
NEWEST: Shelf[Newest] = Shelf(16 * 1024 * 1024)
BYTES_OF_A_VERSION = 4096


class Published:
    """What this process knows of what it published."""

    def members(self, version: MembershipVersion) -> BitMap | None:
        """Those of a version, if they are known. Nobody may change them."""
        return known_members(version)

    def newest(self, which: Identity) -> Newest | None:
        """The version, if it was the newest one of its segment."""
        return NEWEST.get(which)


def known_members(version: MembershipVersion) -> BitMap | None:
    """Those of a version, if they are known. Nobody may change them."""
    return KNOWN.get(version.sha256)


def known_of_newest() -> dict[str, BitMap]:
    """Those of the newest versions, by SHA-256."""
    newest = Segment.objects.filter(membership__isnull=False)
    digests = set(newest.values_list("membership__sha256", flat=True))
    found = {digest: KNOWN.get(digest) for digest in digests}
    return {digest: members for digest, members in found.items() if members is not None}


def keep_all(known: Mapping[str, BitMap]) -> None:
    """Take in what another process knew."""
    for digest, members in known.items():
        KNOWN.keep(digest, members, bytes_of(members))


def keep_members(version: MembershipVersion, members: BitMap) -> None:
    """Take in those of a version."""
    KNOWN.keep(version.sha256, members, bytes_of(members))


def keep_newest(version: MembershipVersion, since_frame: SinceFrame) -> None:
    """Take in that a version is the newest of its segment, and what comes after its key frame. Its
    bitmaps are not kept with it, nor when it was published, which only the database knows."""
    for name in (*MembershipVersion.HEAVY, "published_at"):
        version.__dict__.pop(name, None)
    newest = Newest(version=version, since_frame=since_frame)
    NEWEST.keep(Identity.of(version), newest, BYTES_OF_A_VERSION)


def forget_published() -> None:
    """Know nothing any more."""
    KNOWN.clear()
    NEWEST.clear()
