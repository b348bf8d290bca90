"""Which of many changes is each one's newest."""

from __future__ import annotations

import numpy as np

from catalogue.engine.bitmaps import Ordinals
from catalogue.engine.clocks import Integers
from catalogue.engine.conditions.bench import Mask


def newest_rows(ordinals: Ordinals, at: Integers, sequence: Integers) -> Mask:
    """Of n changes in whatever order, those that no later change of the same ordinal follows; of
    two at one instant the one with the higher sequence is later. All have shape (n,)."""
    if is_rising(ordinals):
        return np.ones(len(ordinals), dtype=bool)
    newest: Mask = np.bincount(ordinals)[ordinals] == 1
    # Most have been said once; only the others have to be put in order.
    several = np.flatnonzero(~newest)
    if len(several):
        order = several[np.lexsort((sequence[several], at[several], ordinals[several]))]
        is_last = np.append(ordinals[order][1:] != ordinals[order][:-1], True)
        newest[order[is_last]] = True
    return newest


def is_rising(ordinals: Ordinals) -> bool:
    """Whether each is above the one before, as most files have them."""
    return bool((ordinals[1:] > ordinals[:-1]).all())


def are_distinct(ordinals: Ordinals) -> bool:
    """Whether none comes twice."""
    return is_rising(ordinals) or int(np.bincount(ordinals).max()) == 1
