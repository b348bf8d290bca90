"""The events that walks are judged by, read by one query and sorted once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa

from catalogue.definitions.errors import Code, refuse
from catalogue.definitions.windows import Interval
from catalogue.engine.bitmaps import Ordinals
from catalogue.engine.clocks import Integers
from catalogue.engine.conditions.bench import Mask
from catalogue.engine.conditions.events import Pick
from catalogue.engine.grouping import occurrences
from catalogue.engine.local_times import microseconds, naive
from catalogue.warehouse.connection import fetch
from catalogue.warehouse.tables import EventTable, Tables

# About 2 GB while they are judged.
MOST_ROWS = 20_000_000


@dataclass(frozen=True, eq=False, kw_only=True)
class Rows:
    """n events of p customers, sorted by customer and then by time.

    `people`: their ordinals, merges followed, ascending; shape (p,). `person`: whose each event is,
    as a place in `people`; int64, (n,). `at`: when it happened, in microseconds since 1970 UTC;
    int64, (n,). `fits`: for each pick, which events are of it; bool, (n,)."""

    people: Ordinals
    person: Integers
    at: Integers
    fits: Mapping[Pick, Mask]

    @cached_property
    def moments(self) -> Rows:
        """The same with one row for all events of a customer at one instant: it fits a pick when
        one of them does."""
        if not len(self.at):
            return self
        new = np.append(True, (np.diff(self.person) != 0) | (np.diff(self.at) != 0))
        starts = np.flatnonzero(new)
        return Rows(
            people=self.people,
            person=self.person[starts],
            at=self.at[starts],
            fits={pick: np.logical_or.reduceat(fits, starts) for pick, fits in self.fits.items()},
        )

    def inside(self, interval: Interval) -> Mask:
        """Which events lie in an interval."""
        start, end = (
            None if edge is None else microseconds(naive(edge))
            for edge in (interval.start, interval.end)
        )
        mask = np.ones(len(self.at), dtype=bool)
        if start is not None:
            mask &= self.at >= start
        if end is not None:
            mask &= self.at < end
        return mask

    def whose(self, events: Mask) -> Mask:
        """Which of the people have one of these events."""
        return np.bincount(self.person[events], minlength=len(self.people)) > 0


def read_rows(
    sources: Mapping[str, EventTable],
    picks: Iterable[Pick],
    covered: Interval,
    tables: Tables,
) -> Rows:
    """The events of `picks` in an interval, of all customers. Raises DefinitionError
    `too_expensive` when they are too many."""
    listed = list(dict.fromkeys(picks))
    query = occurrences(sources, listed, covered, tables).limit(MOST_ROWS + 1)
    table = fetch(tables.connection, query)
    if len(table) > MOST_ROWS:
        raise refuse(
            Code.TOO_EXPENSIVE,
            f"it looks at the order of more than {MOST_ROWS:,} events; narrow its window or its"
            " `where`",
        )
    return _sorted(table, listed)


def _sorted(table: pa.Table, picks: Sequence[Pick]) -> Rows:
    ordinals = table["ordinal"].to_numpy()
    at = table["at"].cast(pa.timestamp("us")).cast(pa.int64()).to_numpy()
    order = np.lexsort((at, ordinals))
    ordinals, at = ordinals[order], at[order]
    new = np.append(True, np.diff(ordinals) != 0)[: len(ordinals)]
    return Rows(
        people=ordinals[new].astype(np.uint32),
        person=np.cumsum(new) - 1,
        at=at,
        fits={pick: table[f"p{i}"].to_numpy()[order] for i, pick in enumerate(picks)},
    )
