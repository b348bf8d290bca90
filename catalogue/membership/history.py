"""How big a segment was, version by version."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from catalogue.models import MembershipVersion, Segment


@dataclass(frozen=True, slots=True, kw_only=True)
class SizePoint:
    """One version: the instant it describes, its size, and the difference to the version before."""

    number: int
    now: datetime
    published_at: datetime
    size: int
    entered: int
    left: int


def sizes_of(segment: Segment, *, newest: int | None = None) -> list[SizePoint]:
    """The size history in the order of publishing; at most the `newest` last ones if given."""
    versions = MembershipVersion.objects.filter(segment=segment).order_by("-number")
    fields = ("number", "now", "published_at", "size", "entered_count", "left_count")
    rows = list(versions.values_list(*fields)[:newest])
    return [
        SizePoint(
            number=number, now=now, published_at=published, size=size, entered=entered, left=left
        )
        for number, now, published, size, entered, left in reversed(rows)
    ]
