"""Members that this process put together or published, so that they need not be put together from
what is stored again.

They are found by the SHA-256 that a version says its members have, so whatever is found is exactly
that. What it does not tell is whether the rows of the version still say the same: a refresh looks
at those unless it follows from another one of its day (`judging`), and whoever serves a version
does at every load."""

from __future__ import annotations

from collections.abc import Mapping

from pyroaring import BitMap

from catalogue.engine.bitmaps import bytes_of
from catalogue.engine.shelf import Shelf
from catalogue.models import MembershipVersion, Segment

# By SHA-256, which stands for no other members.
KNOWN: Shelf[BitMap] = Shelf(64 * 1024 * 1024)


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
