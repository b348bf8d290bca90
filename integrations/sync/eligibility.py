"""Who of a segment may be sent to a tool. Suppression and consent are looked up in
`published.people`, so that they hold for every way out of the house; here is only the question."""

from __future__ import annotations

from pyroaring import BitMap

from catalogue import published


def audience_of(version: published.PublishedVersion) -> published.Audience:
    """The people of a membership version who may be sent to a tool now."""
    return published.people(version, purpose=published.Purpose.SYNC, viewer=None)


def still_eligible(version: published.PublishedVersion, members: BitMap) -> BitMap:
    """Those of `members` who may be sent at this moment; asked again when a batch is claimed."""
    return members & audience_of(version).ordinals
