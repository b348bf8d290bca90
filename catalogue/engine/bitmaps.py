"""Customers as Roaring bitmaps of ordinals, and the algebra of formulas over them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
from pyroaring import BitMap

Ordinals = npt.NDArray[np.uint32]


def from_mask(ordinals: Ordinals, mask: npt.NDArray[np.bool_]) -> BitMap:
    """The ordinals where the mask is true, in whatever order they come."""
    # Sorted and as a buffer: many times faster than one by one.
    return BitMap(np.sort(ordinals[mask]).data)


def follow(bitmap: BitMap, survivors: Mapping[int, int]) -> BitMap:
    """The bitmap with every merged-away ordinal replaced by its last survivor."""
    merged = bitmap & BitMap(survivors) if survivors else BitMap()
    if not merged:
        return BitMap(bitmap)
    return (bitmap - merged) | BitMap([survivors[ordinal] for ordinal in merged])
