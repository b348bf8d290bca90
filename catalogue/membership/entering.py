"""When members last entered, and which of many segments hold somebody now. By ordinal: whose it is,
and who may know, is for `catalogue.published` to say."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from itertools import groupby

from django.db.models import OuterRef, Subquery
from pyroaring import BitMap

from catalogue.membership import bitmaps
from catalogue.membership.versions import members_of_chain
from catalogue.models import MembershipVersion


def entered_at(segment_id: int, number: int, ordinals: BitMap) -> dict[int, datetime]:
    """For members of version `number`: the instant that the version describes in which each was
    last seen to enter."""
    entries = MembershipVersion.objects.filter(
        segment=segment_id, number__lte=number, entered_count__gt=0
    )
    waiting = ordinals.copy()
    found: dict[int, datetime] = {}
    rows = entries.order_by("-number").values_list("now", "entered")
    for now, entered in rows.iterator(chunk_size=64):
        here = waiting & bitmaps.load(entered)
        found |= dict.fromkeys(here, now)
        waiting -= here
        if not waiting:
            break
    return found


def last_entered(versions: Iterable[MembershipVersion], ordinal: int) -> dict[int, datetime]:
    """For somebody whom all these versions hold, one of a segment each: by segment, the instant
    that the version describes in which they were last seen to enter; from one query."""
    until = {version.segment_id: version.number for version in versions}
    entries = MembershipVersion.objects.filter(segment__in=until, entered_count__gt=0)
    rows = entries.order_by("segment", "-number").values_list("segment", "number", "now", "entered")
    found: dict[int, datetime] = {}
    for segment, number, now, entered in rows.iterator(chunk_size=64):
        if segment not in found and number <= until[segment] and ordinal in bitmaps.load(entered):
            found[segment] = now
    return found


def newest_holding(segment_ids: Collection[int], ordinal: int) -> list[MembershipVersion]:
    """The newest versions of those segments that hold the ordinal, from one query. Raises
    DamagedVersion."""
    frames = MembershipVersion.objects.filter(
        segment=OuterRef("segment"), key_frame__isnull=False
    ).order_by("-number")
    rows = (
        MembershipVersion.objects.filter(
            segment__in=segment_ids, number__gte=Subquery(frames.values("number")[:1])
        )
        .select_related("segment", "definition")
        .order_by("segment", "number")
    )
    chains = (list(chain) for _, chain in groupby(rows, key=lambda row: row.segment_id))
    return [chain[-1] for chain in chains if ordinal in members_of_chain(chain)]
