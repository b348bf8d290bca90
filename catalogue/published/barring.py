"""Who may not be in a tool, of people whom it holds already."""

from __future__ import annotations

from datetime import datetime

from pyroaring import BitMap

from catalogue.published.people import Purpose, withheld_of


def barred(some: BitMap, *, consent: str, now: datetime) -> BitMap:
    """Those of `some` who may not be in any tool at `now` that works for `consent` (blank: no
    consent is asked for), whatever segments they are in. To take them off; never a way to send
    anybody."""
    return withheld_of(some, Purpose.SYNC, consent=consent, now=now)
