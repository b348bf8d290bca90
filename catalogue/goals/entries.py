"""Who entered a segment, and when last: read off its membership versions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import NamedTuple

import numpy as np
from pyroaring import BitMap

from catalogue.engine.bitmaps import Ordinals
from catalogue.engine.clocks import Integers
from catalogue.engine.local_times import microseconds, naive
from catalogue.goals.remembered import Memory
from catalogue.membership import bitmaps
from catalogue.models import MembershipVersion, Segment

NEVER_YET = np.iinfo(np.int64).min


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

    def then(self, moved: Iterable[tuple[int, BitMap]], members: BitMap) -> Entries:
        """The same, and those who entered later, in the order of time; of each the last time
        counts. `members`: who is in at the end of that."""
        listed = [(at, some) for at, some in moved if some]
        if not listed:
            return Entries(people=self.people, at=self.at, members=members)
        known = int(self.people[-1]) if len(self.people) else -1
        size = max(known, *(some.max() for _, some in listed)) + 1
        at = np.full(size, NEVER_YET)
        at[self.people] = self.at
        for instant, some in listed:
            at[np.array(some.to_array(), dtype=np.intp)] = instant
        people = np.flatnonzero(at != NEVER_YET)
        return Entries(people=people.astype(np.uint32), at=at[people], members=members)

    @property
    def nbytes(self) -> int:
        """The memory it takes, but for the members, which are few bytes beside it."""
        return self.people.nbytes + self.at.nbytes

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
        at = np.full(len(found), NEVER_YET)
        np.maximum.at(at, place, self.at)
        return Entries(people=found, at=at, members=self.members)

    def only(self, live: BitMap) -> Entries:
        """Those of them who are live."""
        kept = np.isin(self.people, np.array(live.to_array(), dtype=np.uint32))
        return Entries(people=self.people[kept], at=self.at[kept], members=self.members)


NOBODY = Entries(
    people=np.zeros(0, dtype=np.uint32), at=np.zeros(0, dtype=np.int64), members=BitMap()
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """`entries` by all versions up to `last`, the newest of them, from the version `first` on, with
    which the segment went live."""

    last: Row
    first: int
    entries: Entries

    @property
    def nbytes(self) -> int:
        """The memory it takes."""
        return self.entries.nbytes


class Row(NamedTuple):
    """A version without its members."""

    number: int
    now: datetime
    pk: int
    sha256: str
    published_at: datetime


# Twelve bytes for each who ever entered: five million of them.
memory: Memory[int, Read] = Memory(64 << 20)


def entries_until(segment: Segment, now: datetime) -> Entries:
    """Who entered up to `now`, by the versions that describe instants until then, from the one on
    with which the segment went live: nobody has entered a draft. Whoever is in the first one
    entered at its `now`. What this process read before is not read again."""
    known = _known(segment, now)
    rows = _rows_after(segment, known)
    if known is not None and any(row.now <= known.last.now for row in rows):
        # A refresh went back in time, or was done again.
        known, rows = None, _rows_after(segment, None)
    found = NOBODY if known is None else known.entries
    before, moved, last = found.members, [], None
    for row, members in _timeline(segment, rows, found.members):
        if row.now > now:
            break
        moved.append((microseconds(naive(row.now)), members - before))
        before, last = members, row
    found = found.then(moved, before)
    if last is not None:
        _remember(segment, rows, last, found)
    return found


def _known(segment: Segment, now: datetime) -> Read | None:
    """What was read up to an instant, if the newest version of it is still there."""
    found = memory.of(segment.pk)
    if found is None or found.last.now > now or found.first != segment.first_version:
        return None
    same = MembershipVersion.objects.filter(pk=found.last.pk, segment=segment)
    row = same.values_list(*Row._fields).first()
    return found if row == found.last else None


def _rows_after(segment: Segment, known: Read | None) -> list[Row]:
    number = 0 if known is None else known.last.number
    rows = MembershipVersion.objects.filter(segment=segment, number__gt=number)
    return [Row(*row) for row in rows.order_by("number").values_list(*Row._fields)]


def _remember(segment: Segment, rows: Sequence[Row], last: Row, found: Entries) -> None:
    """Only where numbers and instants rise together, so that a later version goes on from here."""
    instants = [row.now for row in rows]
    if instants == sorted(instants):
        memory.keep(segment.pk, Read(last=last, first=segment.first_version, entries=found))
    else:
        memory.forget(segment.pk)


def _timeline(
    segment: Segment, rows: Sequence[Row], before: BitMap
) -> Iterator[tuple[Row, BitMap]]:
    """The members at each instant that these versions describe, in the order of time; of several
    versions of one instant the one with the highest number tells. `before`: whom the version before
    them holds."""
    if not rows:
        return
    versions = MembershipVersion.objects.filter(segment=segment, number__gte=rows[0].number)
    fields = ("number", "key_frame", "entered", "left")
    live = [row for row in rows if row.number >= segment.first_version]
    told = islice(
        _replayed(versions.order_by("number").only(*fields).iterator(), before),
        len(rows) - len(live),
        None,
    )
    replayed = zip(live, told, strict=False)
    # Refreshes may go back in time; only then all members are in memory at once. Sorting is stable,
    # so that the higher number still comes later.
    instants = [row.now for row in live]
    is_ascending = instants == sorted(instants)
    in_order = replayed if is_ascending else iter(sorted(replayed, key=lambda one: one[0].now))
    last: tuple[Row, BitMap] | None = None
    for one in in_order:
        if last is not None and last[0].now != one[0].now:
            yield last
        last = one
    if last is not None:
        yield last


def _replayed(versions: Iterable[MembershipVersion], before: BitMap) -> Iterator[BitMap]:
    members = before
    for version in versions:
        if version.key_frame is not None:
            members = bitmaps.load(version.key_frame)
        else:
            members = (members | bitmaps.load(version.entered)) - bitmaps.load(version.left)
        yield members
