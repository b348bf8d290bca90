"""When a condition was first seen to be true of somebody: read off the splits that were stored."""

from __future__ import annotations

from datetime import datetime

import numpy as np
from pyroaring import BitMap

from catalogue.engine.clocks import Integers
from catalogue.engine.conditions.bench import Mask
from catalogue.engine.local_times import microseconds, naive
from catalogue.goals.entries import Entries
from catalogue.membership import bitmaps
from catalogue.metrics.instants import NEVER
from catalogue.models import GoalSplit, Segment


def first_seen(
    segment: Segment, hashed: str, entries: Entries, true: BitMap, now: datetime
) -> Integers:
    """The `now` at which the goal of this hash was first seen reached by each after they entered;
    `true`: of whom its condition is true as of `now`. NEVER where it was not seen yet."""
    stored = GoalSplit.objects.filter(segment=segment, goal_hash=hashed, now__lt=now)
    found = np.full(len(entries.people), NEVER)
    for at, reached, early in stored.order_by("now", "pk").values_list(
        "now", "reached", "too_early"
    ):
        seen = _among(entries, bitmaps.load(reached) | bitmaps.load(early))
        is_new = seen & (found == NEVER)
        found[is_new] = microseconds(naive(at))
        # Who entered anew and was not there any more begins again.
        found[~seen] = NEVER
    fresh = _among(entries, true) & (found == NEVER)
    found[fresh] = microseconds(naive(now))
    known = found != NEVER
    found[known] = np.maximum(found[known], entries.at[known])
    return found


def _among(entries: Entries, some: BitMap) -> Mask:
    return np.isin(entries.people, np.array(some.to_array(), dtype=np.uint32))
