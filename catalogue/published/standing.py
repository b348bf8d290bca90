"""What is said of people along with their membership: since when, and how they stand to the goal.
By ordinal, of people whom `people` has let through."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db.models import QuerySet
from pyroaring import BitMap

from catalogue.membership import bitmaps
from catalogue.membership.entering import entered_at
from catalogue.models import GoalSplit, MembershipVersion, Segment
from catalogue.published.versions import PublishedVersion


def since(version: PublishedVersion, some: BitMap) -> dict[int, datetime]:
    """When each of these members last entered; absent where that is not known."""
    segment = Segment.objects.only("pk").get(key=version.key)
    return entered_at(segment.pk, version.membership_version, some)


def entered_since(version: PublishedVersion, number: int) -> BitMap:
    """Who entered after version `number` and up to this one, whether they are in it or not."""
    rows = MembershipVersion.objects.filter(
        segment__key=version.key,
        number__gt=number,
        number__lte=version.membership_version,
        entered_count__gt=0,
    )
    found = BitMap()
    for entered in rows.values_list("entered", flat=True).iterator(chunk_size=64):
        found |= bitmaps.load(entered)
    return found


def goal_states(key: str) -> Mapping[str, BitMap]:
    """Who entered the segment, by how they stand to its goal (`reached`, `missed`, `not_yet`,
    `too_early`) by the newest refresh that measured it; empty where there is no goal."""
    newest = _splits(key).first()
    if newest is None:
        return {}
    return {state: bitmaps.load(getattr(newest, state)) for state in GoalSplit.STATES}


def goal_state_of(key: str) -> str:
    """A text that is another one whenever somebody may stand otherwise to the segment's goal; empty
    where there is none."""
    newest = _splits(key).values_list("sha256", flat=True).first()
    return newest or ""


def _splits(key: str) -> QuerySet[GoalSplit]:
    rows = GoalSplit.objects.filter(segment__key=key, segment__goal__isnull=False)
    return rows.order_by("-pk")


def population(key: str, number: int) -> int:
    """How many customers were known when a version was judged; 0 of a version that there is not."""
    rows = MembershipVersion.objects.filter(segment__key=key, number=number)
    stored = rows.values_list("photo__customers", flat=True).first()
    return len(bitmaps.load(stored)) if stored else 0
