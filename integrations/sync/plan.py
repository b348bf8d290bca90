"""What has to be sent: pure set algebra on bitmaps of customer ordinals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pyroaring import BitMap

from integrations.protocol import Record

NOBODY = BitMap()


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Members to add and to remove. Removals are sent first; a member in both is on the list under
    an identity that has changed, and goes before it comes back."""

    to_add: BitMap
    to_remove: BitMap

    @property
    def is_empty(self) -> bool:
        return not (self.to_add or self.to_remove)


def plan(
    *,
    target: BitMap,
    acknowledged: BitMap,
    uncertain: BitMap,
    parked: BitMap,
    renamed: BitMap,
    stale: BitMap = NOBODY,
    barred: BitMap | None = None,
) -> Plan:
    """The steps from what the tool has confirmed to `target`.

    Only what we sent is removed: the confirmed, and those that may be there (`uncertain`). `parked`
    were refused for good as they are now, and are left out. `renamed` are on the list under an
    identity that they no longer have. `stale` are sent again though they are confirmed: what was
    written of them is another by now. With `barred`, nobody else is removed (an additive list).
    """
    there = acknowledged | uncertain
    moved = renamed & there & target
    leaving = there - target
    if barred is not None:
        leaving &= barred
    return Plan(
        to_add=((target - acknowledged) | (stale & acknowledged & target)) - parked | moved,
        to_remove=(leaving - parked) | moved,
    )


def slices(members: BitMap, size: int) -> Iterator[BitMap]:
    """`members` in ascending order, at most `size` at a time."""
    for start in range(0, len(members), size):
        yield members[start : start + size]


def halves(records: Sequence[Record]) -> tuple[tuple[Record, ...], tuple[Record, ...]]:
    """Two pieces, to find the one record for which a whole request was refused."""
    middle = len(records) // 2
    return tuple(records[:middle]), tuple(records[middle:])
