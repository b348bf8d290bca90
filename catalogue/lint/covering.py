"""How live segments lie over everybody: who is in none, who is in many, who is told two things."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import numpy.typing as npt
from pyroaring import BitMap

# In so many segments at once somebody hears from everybody.
MANY = 5
# More pairs than these nobody reads; and of more segments no map fits a page.
PAIRS_SHOWN, MAP_SHOWN = 5, 30

Counts = npt.NDArray[np.uint16]


@dataclass(frozen=True, slots=True, kw_only=True)
class Laid:
    """One live segment of customers: its members and what each function says to them."""

    key: str
    name: str
    members: BitMap
    messages: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Covered:
    """`people`: everybody there is. `by_count`: how many of them are in 0, 1, … segments, the last
    one in MANY or more. `conflicts`: by function, who is in segments with different messages.
    `common`: members that every two of `map` have in common, row by row."""

    people: int
    segments: int
    by_count: tuple[int, ...]
    conflicts: Mapping[str, Mapping[str, Any]]
    map: tuple[tuple[str, str, int], ...]
    common: tuple[tuple[int, ...], ...]

    def row(self) -> dict[str, Any]:
        """As it is kept, and as programs read it."""
        return {
            "people": self.people,
            "segments": self.segments,
            "in_none": self.by_count[0],
            "in_many": self.by_count[MANY],
            "many_from": MANY,
            "by_count": list(self.by_count),
            "conflicts": self.conflicts,
            "map": [{"key": key, "name": name, "size": size} for key, name, size in self.map],
            "common": [list(line) for line in self.common],
        }


def cover(laid: Sequence[Laid], people: BitMap) -> Covered:
    """Lay the segments over `people`, the live customers; whoever is gone counts nowhere."""
    largest = sorted(laid, key=lambda one: (-len(one.members), one.key))[:MAP_SHOWN]
    functions = sorted({function for one in laid for function in one.messages})
    return Covered(
        people=len(people),
        segments=len(laid),
        by_count=_by_count([one.members for one in laid], people),
        conflicts={function: _conflict(laid, function, people) for function in functions},
        map=tuple((one.key, one.name, len(one.members)) for one in largest),
        common=tuple(
            tuple(one.members.intersection_cardinality(other.members) for other in largest)
            for one in largest
        ),
    )


def only(figures: Mapping[str, Any], keys: Collection[str]) -> dict[str, Any]:
    """Kept figures for somebody for whom only these segments exist: the others are not named. How
    many people there are in how many segments stays what it is."""
    places = [place for place, one in enumerate(figures["map"]) if one["key"] in keys]
    conflicts = {
        function: {
            **one,
            "pairs": [pair for pair in one["pairs"] if set(pair["segments"]) <= set(keys)],
        }
        for function, one in figures["conflicts"].items()
    }
    return {
        **figures,
        "conflicts": conflicts,
        "map": [figures["map"][place] for place in places],
        "common": [[figures["common"][row][column] for column in places] for row in places],
    }


def _times(sets: Sequence[BitMap], people: BitMap) -> Counts:
    """In how many of the sets each of the people is, in their order; shape (people,)."""
    size = (people.max() + 1) if people else 0
    times = np.zeros(size, dtype=np.uint16)
    for members in sets:
        times[(members & people).to_array()] += 1
    found: Counts = times[people.to_array()] if size else times
    return found


def _by_count(sets: Sequence[BitMap], people: BitMap) -> tuple[int, ...]:
    times = np.minimum(_times(sets, people), MANY)
    return tuple(np.bincount(times, minlength=MANY + 1).tolist())


def _conflict(laid: Sequence[Laid], function: str, people: BitMap) -> dict[str, Any]:
    """Who is told different things by a function, and by which segments most of all."""
    telling = [one for one in laid if one.messages.get(function, "").strip()]
    by_text: dict[str, BitMap] = {}
    for one in telling:
        text = one.messages[function].strip()
        by_text[text] = by_text.get(text, BitMap()) | one.members
    told = int((_times(list(by_text.values()), people) > 1).sum())
    return {"people": told, "pairs": _pairs(telling, function, people)}


def _pairs(telling: Sequence[Laid], function: str, people: BitMap) -> list[dict[str, Any]]:
    found = [
        (len(one.members & other.members & people), one, other)
        for one, other in combinations(telling, 2)
        if one.messages[function].strip() != other.messages[function].strip()
    ]
    worst = sorted(found, key=lambda pair: (-pair[0], pair[1].key, pair[2].key))[:PAIRS_SHOWN]
    return [
        {"segments": [one.key, other.key], "names": [one.name, other.name], "people": both}
        for both, one, other in worst
        if both
    ]
