"""Segments that hold nearly the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pyroaring import BitMap

NEARLY = 0.9
# Of two segments with fewer people than this, sharing most says little.
FEWEST = 10


def twins(sets: Mapping[int, BitMap]) -> dict[int, list[tuple[int, float]]]:
    """Of each set the others of which more than NEARLY is in both, with that share: common members
    ÷ members of either, the largest first."""
    ordered = sorted((len(members), key) for key, members in sets.items())
    ordered = [(size, key) for size, key in ordered if size >= FEWEST]
    found: dict[int, list[tuple[int, float]]] = {key: [] for key in sets}
    for place, (size, key) in enumerate(ordered):
        for other_key, share in _near(size, sets[key], ordered[place + 1 :], sets):
            found[key].append((other_key, share))
            found[other_key].append((key, share))
    return {key: sorted(near, key=lambda one: (-one[1], one[0])) for key, near in found.items()}


def _near(
    size: int,
    members: BitMap,
    larger: Sequence[tuple[int, int]],
    sets: Mapping[int, BitMap],
) -> list[tuple[int, float]]:
    near = []
    for other_size, key in larger:
        # Even if all of this one are in the other, it would not be enough; nor in any after it.
        if size <= NEARLY * other_size:
            break
        both = members.intersection_cardinality(sets[key])
        share = both / (size + other_size - both)
        if share > NEARLY:
            near.append((key, share))
    return near
