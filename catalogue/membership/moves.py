"""Who entered and who left between two instants, by ordinal: whose they are, and who may know, is
for `catalogue.published` to say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from pyroaring import BitMap

from catalogue.membership import bitmaps
from catalogue.membership.versions import members_of
from catalogue.models import MembershipVersion


@dataclass(frozen=True, slots=True, kw_only=True)
class Moves:
    """`before`: the version that held when the period began, None when nobody was counted by then;
    `after`: the one that held at its end. Whoever came and went in between is in neither set."""

    before: MembershipVersion | None
    after: MembershipVersion
    entered: BitMap
    left: BitMap


def moves_between(before: MembershipVersion | None, after: MembershipVersion) -> Moves:
    """From one version of a segment (None: from nobody) to a later one. Raises DamagedVersion."""
    are = members_of(after)
    were = BitMap() if before is None else members_of(before)
    return Moves(before=before, after=after, entered=are - were, left=were - are)


def left_at(found: Moves, some: BitMap) -> Mapping[int, datetime]:
    """For some of those who left: the instant that the version describes in which each was last
    seen to leave."""
    first = found.before.number if found.before else 0
    rows = MembershipVersion.objects.filter(
        segment=found.after.segment_id,
        number__gt=first,
        number__lte=found.after.number,
        left_count__gt=0,
    )
    waiting = some & found.left
    times: dict[int, datetime] = {}
    for now, left in rows.order_by("-number").values_list("now", "left").iterator(chunk_size=64):
        here = waiting & bitmaps.load(left)
        times |= dict.fromkeys(here, now)
        waiting -= here
        if not waiting:
            break
    return times
