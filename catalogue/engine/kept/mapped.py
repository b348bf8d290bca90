"""A vector that lies in a file, and what came and went since: nothing is copied until all of it is
asked for. To write into a mapped page copies it, and an hour of events touches most pages."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from catalogue.engine.clocks import Integers
from catalogue.engine.vectors.tally import Counts, Places

Numbers = Counts | Integers
Stored = npt.NDArray[np.unsignedinteger | np.signedinteger]


class MappedVector:
    """`stored`, shape (n,), as numbers of `dtype`, which may be wider, plus what was added."""

    def __init__(self, stored: Stored, dtype: np.dtype[np.generic]) -> None:
        self.dtype = dtype
        self._stored = stored
        self._added: list[tuple[Places, Integers]] = []

    def __len__(self) -> int:
        return len(self._stored)

    def __getitem__(self, some: Places | slice) -> Numbers:
        """The numbers at places that are different and ascend, or those of a slice of all."""
        if isinstance(some, slice):
            return self.whole()[some]
        found: Numbers = self._stored[some].astype(self.dtype)
        for places, values in self._added:
            _add_where_asked(found, some, places, values)
        return found

    @property
    def nbytes(self) -> int:
        """The memory it takes once it is no more in the file."""
        return len(self) * self.dtype.itemsize

    def add(self, places: Places, values: Integers) -> None:
        """Add a number at each place; a place may come more than once."""
        if len(places):
            self._added.append((places, values))

    def copy(self) -> MappedVector:
        """Another one that goes its own way."""
        other = MappedVector(self._stored, self.dtype)
        other._added = list(self._added)
        return other

    def whole(self) -> Numbers:
        """All of it, in memory of its own."""
        found: Numbers = self._stored.astype(self.dtype)
        for places, values in self._added:
            np.add.at(found, places, values.astype(self.dtype))
        return found


Kept = Numbers | MappedVector


def _add_where_asked(found: Numbers, some: Places, places: Places, values: Integers) -> None:
    """Add what came at those of the places that are asked for."""
    if not len(some):
        return
    at = np.minimum(some.searchsorted(places), len(some) - 1)
    is_asked = some[at] == places
    np.add.at(found, at[is_asked], values[is_asked].astype(found.dtype))


def add(vector: Kept, places: Places, values: Integers | int) -> None:
    """Add numbers, or one number, at places; a place may come more than once."""
    if isinstance(vector, MappedVector):
        vector.add(places, np.broadcast_to(np.asarray(values, dtype=np.int64), places.shape))
    else:
        np.add.at(vector, places, np.asarray(values, dtype=vector.dtype))


def take_away(vector: Kept, places: Places, values: Integers | int) -> None:
    """Take numbers, or one number, away at places; a place may come more than once."""
    if isinstance(vector, MappedVector):
        add(vector, places, -np.asarray(values, dtype=np.int64))
    else:
        np.subtract.at(vector, places, np.asarray(values, dtype=vector.dtype))


def clear(vector: Kept, places: Places) -> None:
    """Make the numbers at places zero that are different and ascend."""
    if isinstance(vector, MappedVector):
        take_away(vector, places, vector[places].astype(np.int64))
    else:
        vector[places] = 0


def in_memory(vector: Kept) -> Numbers:
    """The vector as an array; itself where it is one."""
    return vector.whole() if isinstance(vector, MappedVector) else vector
