"""What every contestant of the ground is: somebody who finds the members of segments."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

Members = dict[str, np.ndarray]  # by segment's key: numbers of customers, rising


class Contestant(Protocol):
    """Others who judge segments as of NOW. `members` says whom they find, `refresh` finds them all
    once more and keeps nothing."""

    def members(self, count: int) -> Members:
        """Of the first so many segments."""

    def refresh(self, count: int) -> None:
        """The work that is timed: one statement per segment."""


def write_members(members: Members, path: Path) -> None:
    """Into a file, for another process."""
    np.savez(path, **members)


def read_members(path: Path) -> Members:
    """What `write_members` wrote."""
    with np.load(path) as found:
        return {key: found[key] for key in found.files}


def different(ours: Members, theirs: Members) -> list[str]:
    """The keys of segments whose members are not the same, with both numbers, as sentences."""
    return [
        f"{key}: {len(ours[key])} members here, {len(theirs.get(key, ()))} there"
        for key in ours
        if not np.array_equal(ours[key], theirs.get(key, np.array([])))
    ]


def numbers_of(ids: pa.Array | pa.ChunkedArray) -> np.ndarray:
    """The numbers of customers that are called by the ids that files have."""
    return np.asarray(pc.utf8_slice_codeunits(ids, 1).cast(pa.uint32()).to_numpy())


def rising(numbers: np.ndarray) -> np.ndarray:
    """As numbers of customers are compared."""
    return np.unique(np.asarray(numbers).astype(np.uint32))
