"""Members as bytes: one set of ordinals has exactly one spelling, so that equal sets hash equal."""

from __future__ import annotations

import hashlib
from functools import cache

import numpy as np
from pyroaring import BitMap

from catalogue.engine.bitmaps import CHUNK, from_dense

# A mask of more containers takes too much memory to be kept.
MOST_CONTAINERS = 1 << 11


def dump(members: BitMap) -> bytes:
    """The set in Roaring's portable format, run-optimised; the same bytes for the same set."""
    canonical = _rebuilt(members)
    canonical.run_optimize()
    return bytes(canonical.serialize())


def _rebuilt(members: BitMap) -> BitMap:
    """The set without a memory of how it was made, on which its containers depend: what is left of
    containers with a bit for everybody has bits or a list, by its size alone."""
    needed = (members.max() // CHUNK + 1) if members else 1
    if needed > MOST_CONTAINERS:
        return BitMap(members.to_array())
    return _everybody(1 << (needed - 1).bit_length()) & members


@cache
def _everybody(containers: int) -> BitMap:
    return from_dense(np.ones(containers * CHUNK, dtype=bool))


def load(stored: bytes | memoryview | None) -> BitMap:
    """The set that `dump` wrote. Raises ValueError on bytes that are no bitmap."""
    return BitMap.deserialize(bytes(stored)) if stored else BitMap()


def digest(stored: bytes) -> str:
    """SHA-256 of dumped members, as hexadecimal text."""
    return hashlib.sha256(stored).hexdigest()
