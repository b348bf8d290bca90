"""Everybody's place in a vector."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from catalogue.engine.clocks import Integers
from catalogue.engine.vectors.rows import RawOrdinals
from catalogue.engine.vectors.tally import Places
from catalogue.warehouse.tables import Tables


@dataclass(frozen=True, slots=True, kw_only=True)
class Ordinals:
    """Every ordinal there may be, and where merges lead. `size`: ordinals from it on are nobody's
    any more, and all stand at that one place. `last`: for each place that of its last survivor;
    empty when nobody was merged."""

    size: int
    last: Places

    @classmethod
    def of(cls, tables: Tables) -> Ordinals:
        """Those of a photo."""
        merges = tables.survivors
        people = tables.customers
        size = max([people.max() if people else -1, *merges.keys(), *merges.values()]) + 1
        last = np.arange(size + 1 if merges else 0, dtype=np.intp)
        if merges:
            last[list(merges)] = list(merges.values())
        return cls(size=size, last=last)

    def places(self, ordinals: RawOrdinals | Integers) -> Places:
        """Whose rows these are."""
        # To look for the largest costs less than to compare each, and rarely is one too large.
        if len(ordinals) and ordinals.max() > self.size:
            ordinals = np.minimum(ordinals, self.size)
        places = ordinals.astype(np.intp)
        return self.last[places] if len(self.last) else places
