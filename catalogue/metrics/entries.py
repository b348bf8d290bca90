"""Who entered segments, when, and who of them came to convert."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from catalogue.engine.clocks import Integers
from catalogue.engine.local_times import microseconds, naive
from catalogue.membership.entrances import FIRST, entrances
from catalogue.metrics.conversion import Attempts
from catalogue.metrics.engagement import MONTH
from catalogue.metrics.instants import NEVER
from catalogue.models import MembershipVersion

EARLIEST, LATEST = timedelta(days=2 * MONTH), timedelta(days=MONTH)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entries:
    """n entries into a segment: whose ordinal, and when (microseconds since 1970); shapes (n,)."""

    places: Integers
    at: Integers


def entries_of(segments: Collection[int], now: datetime) -> Mapping[int, Entries]:
    """By segment, who entered 56 to 28 days ago, by its membership versions. Whoever was there when
    it went live did not enter."""
    rows = MembershipVersion.objects.filter(
        segment__in=segments,
        now__gt=now - EARLIEST,
        now__lte=now - LATEST,
        number__gt=FIRST,
        subject="customer",
    )
    found: dict[int, list[tuple[Integers, int]]] = defaultdict(list)
    for one in entrances(rows):
        places = np.asarray(one.people.to_array(), dtype=np.int64)
        found[one.segment_id].append((places, microseconds(naive(one.at))))
    return {segment: _joined(some) for segment, some in found.items()}


def _joined(some: list[tuple[Integers, int]]) -> Entries:
    return Entries(
        places=np.concatenate([places for places, _ in some]),
        at=np.concatenate([np.full(len(places), at, dtype=np.int64) for places, at in some]),
    )


def attempts(entries: Entries, places: Integers, at: Integers) -> Attempts:
    """The entries, each with the first conversion at or after it; conversions have shapes (m,), in
    whatever order."""
    n = len(entries.at)
    whose = np.concatenate([entries.places, places])
    when = np.concatenate([entries.at, at])
    is_conversion = np.arange(len(whose)) >= n
    order = np.lexsort((is_conversion, when, whose))
    # Backwards, the newest conversion seen so far is the next one.
    place = np.where(is_conversion[order], np.arange(len(order)), len(order))
    following = np.minimum.accumulate(place[::-1])[::-1]
    of = order[np.minimum(following, len(order) - 1)] if len(order) else order
    is_own = (following < len(order)) & (whose[of] == whose[order])
    reached = np.full(len(whose), NEVER, dtype=np.int64)
    reached[order] = np.where(is_own, when[of], NEVER)
    return Attempts(started=entries.at, reached=reached[:n])
