"""Who may be sent to a tool: asked of the catalogue, at the moment of sending."""

from __future__ import annotations

from pyroaring import BitMap

from catalogue import published


def allowed_people(version: published.PublishedVersion, *, consent: str) -> published.Audience:
    """The people of a membership version who may be sent now to a tool that works for `consent`
    (blank: no consent is asked for)."""
    return published.people(version, purpose=published.Purpose.SYNC, viewer=None, consent=consent)


def barred(some: BitMap, *, consent: str) -> BitMap:
    """Those of `some` who may not be in any tool now, whatever segment they are in."""
    return published.withheld_of(some, published.Purpose.SYNC, consent=consent)
