"""Members as bytes: one set of ordinals has exactly one spelling, so that equal sets hash equal."""

from __future__ import annotations

import hashlib

from pyroaring import BitMap


def dump(members: BitMap) -> bytes:
    """The set in Roaring's portable format, run-optimised; the same bytes for the same set."""
    # A rebuilt set forgets how it was made: containers depend on the operations they went through.
    canonical = BitMap(members.to_array())
    canonical.run_optimize()
    return bytes(canonical.serialize())


def load(stored: bytes | memoryview | None) -> BitMap:
    """The set that `dump` wrote. Raises ValueError on bytes that are no bitmap."""
    return BitMap.deserialize(bytes(stored)) if stored else BitMap()


def digest(stored: bytes) -> str:
    """SHA-256 of dumped members, as hexadecimal text."""
    return hashlib.sha256(stored).hexdigest()
