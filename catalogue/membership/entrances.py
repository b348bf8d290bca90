"""Who entered segments by which versions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce
from pyroaring import BitMap

from catalogue.membership import bitmaps
from catalogue.membership.versions import members_of
from catalogue.models import MembershipVersion

# The number of the version with which a segment went live; of one that did not, its first.
FIRST = Coalesce(F("segment__live_from"), 1)
AT_ONCE = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Entrance:
    """Those who entered a segment at an instant, as ordinals. `is_first`: they were in it when it
    went live, and nobody knows since when."""

    segment_id: int
    at: datetime
    people: BitMap
    is_first: bool


def entrances(versions: QuerySet[MembershipVersion]) -> Iterator[Entrance]:
    """Who entered by each of these versions, in their order. Those of drafts are left out, since
    nobody has entered a draft; whoever is in the first one after them entered with it. Raises
    DamagedVersion."""
    somebody = Q(entered_count__gt=0) | Q(number=FIRST)
    counting = versions.filter(somebody, number__gte=FIRST)
    rows = counting.annotate(first=FIRST).select_related("segment")
    for version in rows.defer("left", "key_frame").iterator(AT_ONCE):
        is_first = version.number == version.first
        people = members_of(version) if is_first else bitmaps.load(version.entered)
        if people:
            yield Entrance(
                segment_id=version.segment_id, at=version.now, people=people, is_first=is_first
            )
