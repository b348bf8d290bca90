"""When a condition was first seen to be true of somebody: read off the splits that were stored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

import numpy as np
from django.db.models import Q, QuerySet
from pyroaring import BitMap

from catalogue.engine.bitmaps import Ordinals
from catalogue.engine.clocks import Integers
from catalogue.engine.conditions.bench import Mask
from catalogue.engine.local_times import microseconds, naive
from catalogue.goals.entries import Entries
from catalogue.goals.remembered import Memory
from catalogue.membership import bitmaps
from catalogue.metrics.instants import NEVER
from catalogue.models import GoalSplit, Segment


@dataclass(frozen=True, slots=True, kw_only=True)
class Runs:
    """By the splits up to the one that was stored last, `count` of them: who had got there in that
    one (`people`, ordinals, ascending) and since which split without a break (`since`,
    microseconds since 1970 UTC); shapes (n,)."""

    last: Row
    count: int
    people: Ordinals
    since: Integers

    @property
    def nbytes(self) -> int:
        """The memory it takes."""
        return self.people.nbytes + self.since.nbytes


class Row(NamedTuple):
    """A split without who is in it."""

    pk: int
    now: datetime
    sha256: str
    created_at: datetime


# Twelve bytes for each who got there.
memory: Memory[tuple[int, str], Runs] = Memory(64 << 20)


def first_seen(
    segment: Segment, hashed: str, entries: Entries, true: BitMap, now: datetime
) -> Integers:
    """The `now` at which the goal of this hash was first seen reached by each after they entered;
    `true`: of whom its condition is true as of `now`. NEVER where it was not seen yet. Splits that
    this process read before are not read again."""
    people, since = _runs(segment, hashed, now)
    found = np.full(len(entries.people), NEVER)
    place = np.minimum(np.searchsorted(people, entries.people), max(len(people) - 1, 0))
    if len(people):
        was = people[place] == entries.people
        found[was] = since[place[was]]
    fresh = _among(entries, true) & (found == NEVER)
    found[fresh] = microseconds(naive(now))
    known = found != NEVER
    found[known] = np.maximum(found[known], entries.at[known])
    return found


def _runs(segment: Segment, hashed: str, now: datetime) -> tuple[Ordinals, Integers]:
    """Who had got there in the last split before `now`, and since when without a break: who enters
    anew and is not there any more begins again."""
    stored = GoalSplit.objects.filter(segment=segment, goal_hash=hashed, now__lt=now)
    known = _known(stored, memory.of((segment.pk, hashed)))
    if known is None:
        people, since, count = np.zeros(0, np.uint32), np.zeros(0, np.int64), 0
    else:
        people, since, count = known.people, known.since, known.count
        stored = stored.exclude(_until(known.last))
    last: Row | None = None
    fields = (*Row._fields, "reached", "too_early")
    for *row, reached, early in stored.order_by("now", "pk").values_list(*fields).iterator():
        last = Row(*row)
        there = bitmaps.load(reached) | bitmaps.load(early)
        people, since = _since(people, since, there, microseconds(naive(last.now)))
        count += 1
    if last is not None:
        read = Runs(last=last, count=count, people=people, since=since)
        memory.keep((segment.pk, hashed), read)
    return people, since


def _known(stored: QuerySet[GoalSplit], known: Runs | None) -> Runs | None:
    """What was read before, if all of it is still there and nothing came in between."""
    if known is None:
        return None
    row = stored.filter(pk=known.last.pk).values_list(*Row._fields).first()
    is_same = row == known.last and stored.filter(_until(known.last)).count() == known.count
    return known if is_same else None


def _until(last: Row) -> Q:
    return Q(now__lt=last.now) | Q(now=last.now, pk__lte=last.pk)


def _since(people: Ordinals, since: Integers, there: BitMap, at: int) -> tuple[Ordinals, Integers]:
    """Since when those who are `there` have been: whoever was before, since then, else `at`."""
    now = np.array(there.to_array(), dtype=np.uint32)
    starts = np.full(len(now), at, dtype=np.int64)
    if len(people) and len(now):
        place = np.minimum(np.searchsorted(people, now), len(people) - 1)
        was = people[place] == now
        starts[was] = since[place[was]]
    return now, starts


def _among(entries: Entries, some: BitMap) -> Mask:
    return np.isin(entries.people, np.array(some.to_array(), dtype=np.uint32))
