"""Who is first or last by a figure, all that tie with the last one in included."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate
from math import ceil
from typing import TYPE_CHECKING, Literal

import numpy as np
from pyroaring import BitMap

from catalogue.engine.bitmaps import from_mask
from catalogue.engine.conditions.bench import Mask
from catalogue.engine.figures import Amount, Figure, Figures, Rows, Scores, scores

if TYPE_CHECKING:
    from catalogue.engine.plan import Formula


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """The first or last of `among` by a figure: so many, or a share of those who have one."""

    end: Literal["top", "bottom"]
    size: int | Fraction
    figure: Figure
    among: Formula


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """Of `among`, so many are `ranked`, because they have a figure; `members` are in. `last_in`:
    the figure of the last one in; None when nobody is ranked."""

    among: BitMap
    members: BitMap
    ranked: int
    last_in: Amount | None


def rank(asked: Ranked, found: Figures, among: BitMap) -> Ranking:
    """Rank the members of `among` by the figures found."""
    scored = scores(asked.figure, found, among)
    ranked = len(scored.ordinals)
    if not ranked:
        return Ranking(among=among, members=BitMap(), ranked=0, last_in=None)
    taken = min(_taken(asked.size, ranked), ranked)
    mask, last = _first(scored, taken, greatest=asked.end == "top")
    return Ranking(
        among=among,
        members=from_mask(scored.ordinals, mask),
        ranked=ranked,
        last_in=scored.amount(last),
    )


def _taken(size: int | Fraction, ranked: int) -> int:
    return size if isinstance(size, int) else ceil(size * ranked)


def _first(scored: Scores, taken: int, *, greatest: bool) -> tuple[Mask, int]:
    """Where the greatest (or least) so many are, with those who tie with the last of them, and the
    row of that one."""
    numbers = scored.numbers
    place = len(numbers) - taken if greatest else taken - 1
    last = np.partition(numbers, place)[place]
    mask = np.asarray(numbers > last if greatest else numbers < last, dtype=bool)
    level = np.flatnonzero(numbers == last)
    level, at_the_end = _first_of_level(scored, level, taken - int(mask.sum()), greatest=greatest)
    mask[level] = True
    return mask, at_the_end


def _first_of_level(scored: Scores, level: Rows, taken: int, *, greatest: bool) -> tuple[Rows, int]:
    """The same among rows whose numbers are equal: averages may still be apart by less than a
    millionth."""
    parts = scored.parts(level)
    if parts is None:
        return level, int(level[0])
    counted = Counter(parts)
    ordered = sorted(counted, key=lambda part: Fraction(*part), reverse=greatest)
    places = accumulate(counted[part] for part in ordered)
    cut = next(i for i, place in enumerate(places) if place >= taken)
    # Others may be equal to the last one in, as 1/2 and 2/4 are.
    is_in = set(ordered[:cut]) | {p for p in ordered if Fraction(*p) == Fraction(*ordered[cut])}
    rows = level[np.array([part in is_in for part in parts])]
    return rows, int(level[parts.index(ordered[cut])])
