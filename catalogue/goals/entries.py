"""Who entered a segment, and when last: read off its membership versions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

import numpy as np
from pyroaring import BitMap

from catalogue.engine.bitmaps import Ordinals
from catalogue.engine.clocks import Integers
from catalogue.engine.local_times import microseconds, naive
from catalogue.membership import bitmaps
from catalogue.models import MembershipVersion, Segment


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Entries:
    """`people`: the ordinals of all who ever entered, ascending, shape (n,); `at`: when each did so
    last, in microseconds since 1970 UTC, shape (n,). `members`: who was in at the end."""

    people: Ordinals
    at: Integers
    members: BitMap

    def joined_by(self, whole: BitMap, now: int) -> Entries:
        """The same, and whoever is in `whole` and was not in at the end entered at `now`."""
        new = np.array((whole - self.members).to_array(), dtype=np.uint32)
        stays = ~np.isin(self.people, new)
        people = np.concatenate([self.people[stays], new])
        at = np.concatenate([self.at[stays], np.full(len(new), now)])
        order = np.argsort(people)
        return Entries(people=people[order], at=at[order], members=whole)

    def followed(self, survivors: Mapping[int, int]) -> Entries:
        """The same, with whoever was merged away as the one who survived: of both entries the last
        one counts."""
        merged = BitMap(survivors) & BitMap(self.people.data) if survivors else BitMap()
        if not merged:
            return self
        people = self.people.copy()
        gone = np.isin(people, np.array(merged.to_array(), dtype=np.uint32))
        people[gone] = [survivors[int(one)] for one in people[gone]]
        found, place = np.unique(people, return_inverse=True)
        at = np.full(len(found), np.iinfo(np.int64).min)
        np.maximum.at(at, place, self.at)
        return Entries(people=found, at=at, members=self.members)

    def only(self, live: BitMap) -> Entries:
        """Those of them who are live."""
        kept = np.isin(self.people, np.array(live.to_array(), dtype=np.uint32))
        return Entries(people=self.people[kept], at=self.at[kept], members=self.members)


def entries_until(segment: Segment, now: datetime) -> Entries:
    """Who entered up to `now`, by the versions that describe instants until then, from the one on
    with which the segment went live: nobody has entered a draft. Whoever is in the first one
    entered at its `now`."""
    before, moved = BitMap(), []
    for at, members in _timeline(segment):
        if at > now:
            break
        moved.append((microseconds(naive(at)), members - before))
        before = members
    return _entries(moved, before)


def _timeline(segment: Segment) -> Iterator[tuple[datetime, BitMap]]:
    """The members at each instant that versions describe, in the order of time; of several versions
    of one instant the one with the highest number tells."""
    versions = MembershipVersion.objects.filter(segment=segment).order_by("number")
    numbered = list(versions.values_list("number", "now"))
    instants = [now for number, now in numbered if number >= segment.first_version]
    drafted = len(numbered) - len(instants)
    fields = ("number", "key_frame", "entered", "left")
    told = islice(_replayed(versions.only(*fields).iterator()), drafted, None)
    replayed = zip(instants, told, strict=False)
    # Refreshes may go back in time; only then all members are in memory at once. Sorting is stable,
    # so that the higher number still comes later.
    is_ascending = instants == sorted(instants)
    in_order = replayed if is_ascending else iter(sorted(replayed, key=lambda one: one[0]))
    last: tuple[datetime, BitMap] | None = None
    for one in in_order:
        if last is not None and last[0] != one[0]:
            yield last
        last = one
    if last is not None:
        yield last


def _replayed(versions: Iterable[MembershipVersion]) -> Iterator[BitMap]:
    members = BitMap()
    for version in versions:
        if version.key_frame is not None:
            members = bitmaps.load(version.key_frame)
        else:
            members = (members | bitmaps.load(version.entered)) - bitmaps.load(version.left)
        yield members


def _entries(moved: Iterable[tuple[int, BitMap]], members: BitMap) -> Entries:
    """Of these who entered when, in the order of time, the last time of each."""
    listed = [(at, some) for at, some in moved if some]
    size = max((some.max() for _, some in listed), default=-1) + 1
    at = np.full(size, np.iinfo(np.int64).min)
    for instant, some in listed:
        at[np.array(some.to_array(), dtype=np.intp)] = instant
    people = np.flatnonzero(at != np.iinfo(np.int64).min)
    return Entries(people=people.astype(np.uint32), at=at[people], members=members)
