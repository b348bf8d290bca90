"""By how many people two definition versions of a segment differ, as they were really judged."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from catalogue.membership.versions import members_of
from catalogue.models import MembershipVersion, Segment


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """The membership version by which a definition version is counted."""

    membership: int
    now: datetime
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """`entered` are in `after` and not in `before`, `left` the other way round. `is_next`: one
    refresh lies between the two and no other, so that hardly anything but the definition changed.
    """

    before: Judged
    after: Judged
    entered: int
    left: int
    is_next: bool


def moved_between(segment: Segment, earlier: int, later: int) -> Moved | None:
    """From the last membership version judged by d`earlier` to the first one judged by d`later`,
    which is the greater number; None where one of them never judged anybody. Raises
    DamagedVersion."""
    rows = MembershipVersion.objects.filter(segment=segment).select_related("segment")
    before = rows.filter(definition__number=earlier).order_by("-number").first()
    after = rows.filter(definition__number=later).order_by("number").first()
    if before is None or after is None:
        return None
    were, are = members_of(before), members_of(after)
    return Moved(
        before=_judged(before),
        after=_judged(after),
        entered=len(are - were),
        left=len(were - are),
        is_next=after.number == before.number + 1,
    )


def _judged(version: MembershipVersion) -> Judged:
    return Judged(membership=version.number, now=version.now, size=version.size)
