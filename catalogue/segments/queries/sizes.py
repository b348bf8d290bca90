"""How many people were in segments over the last weeks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import OuterRef, Q, Subquery

from catalogue.models import MembershipVersion, Segment

WEEKS = 12
WEEK = timedelta(weeks=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How many people, as of when, by which definition version (d7)."""

    at: datetime
    size: int
    definition: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """One membership version in numbers."""

    size: Size
    entered: int
    left: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """`sizes`: one a week, oldest first; `entered` and `left` during the last of them."""

    sizes: tuple[Size, ...] = ()
    entered: int = 0
    left: int = 0


def trends(segments: Sequence[Segment], *, now: datetime) -> Mapping[int, Trend]:
    """The last weeks of these segments by their ids; nothing of one never refreshed."""
    counted = _counted(segments, now=now)
    return {segment: _trend(versions, now=now) for segment, versions in counted.items()}


def weekly(history: Sequence[Size], *, now: datetime) -> tuple[Size, ...]:
    """The size that was valid at `now` and at the same time of each of the weeks before; a version
    is valid until the next one. Weeks before the first version are left out."""
    instants = [now - weeks * WEEK for weeks in reversed(range(WEEKS))]
    valid = ((at, [size for size in history if size.at <= at]) for at in instants)
    return tuple(
        Size(at=at, size=sizes[-1].size, definition=sizes[-1].definition)
        for at, sizes in valid
        if sizes
    )


def _trend(versions: Sequence[Counted], *, now: datetime) -> Trend:
    week = [version for version in versions if version.size.at > now - WEEK]
    return Trend(
        sizes=weekly([version.size for version in versions], now=now),
        entered=sum(version.entered for version in week),
        left=sum(version.left for version in week),
    )


def _counted(segments: Sequence[Segment], *, now: datetime) -> dict[int, list[Counted]]:
    # The versions of the last weeks, and the one that was valid when they began.
    since = now - WEEKS * WEEK
    before = MembershipVersion.objects.filter(segment=OuterRef("segment"), now__lt=since)
    found = (
        MembershipVersion.objects.filter(segment__in=segments)
        .filter(Q(now__gte=since) | Q(pk=Subquery(before.order_by("-number").values("pk")[:1])))
        .order_by("segment", "number")
        .values_list("segment", "now", "size", "definition__number", "entered_count", "left_count")
    )
    history: dict[int, list[Counted]] = {}
    for segment, at, size, definition, entered, left in found:
        version = Counted(
            size=Size(at=at, size=size, definition=definition), entered=entered, left=left
        )
        history.setdefault(segment, []).append(version)
    return history
