"""One scan of some events that answers every count, sum, first and last of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeGuard

import numpy as np
from pyroaring import BitMap

from catalogue.definitions.windows import Interval
from catalogue.engine.bitmaps import from_dense
from catalogue.engine.conditions.events import EventCondition
from catalogue.engine.vectors.asked import Asked
from catalogue.engine.vectors.edges import Edges
from catalogue.engine.vectors.judging import (
    ANY,
    SUMMED,
    Counted,
    Vector,
    counted,
    is_counted,
    judge,
    stretches,
    vector_of,
)
from catalogue.engine.vectors.ordinals import Ordinals
from catalogue.engine.vectors.rows import Rows, read
from catalogue.engine.vectors.tally import Places, Tally
from catalogue.warehouse.tables import EventTable, Kinds, Tables

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def can_answer(condition: object, kinds: Sequence[Kinds]) -> TypeGuard[EventCondition]:
    """Whether vectors answer a condition on events with values of these kinds: of sums, when all
    numbers are kept as such and not as text."""
    if not isinstance(condition, EventCondition) or not is_counted(condition):
        return False
    measure = condition.measure
    if measure.function not in SUMMED:
        return True
    found = [one.get(measure.prop[0], frozenset()) for one in kinds]
    return len(measure.prop) == 1 and not any("text" in one for one in found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tallied:
    """What one scan counted: a finished tally for everything counted, over the slices of `edges`
    from `lowest` on, with a place for each ordinal and one more for those who are nobody any more.
    `rows`: how many were read."""

    tallies: dict[Counted, Tally]
    edges: Edges
    lowest: int
    ordinals: Ordinals
    rows: int

    def members(self, condition: EventCondition) -> BitMap:
        """For whom a condition is true, alive or not."""
        mask = judge(condition, self.tallies[counted(condition)], self.edges)
        return from_dense(mask[: self.ordinals.size])

    def vectors(self, conditions: Sequence[EventCondition]) -> dict[EventCondition, Vector]:
        """The figures of those conditions that compare any."""
        found = {one: vector_of(one, self.tallies[counted(one)], self.edges) for one in conditions}
        return {one: vector for one, vector in found.items() if vector is not None}


def scan_vectors(
    sources: Sequence[EventTable],
    conditions: Sequence[EventCondition],
    tables: Tables,
    vectors: dict[EventCondition, Vector] | None = None,
) -> tuple[dict[EventCondition, BitMap], int]:
    """The customers for whom each condition is true, and how many rows were read. What conditions
    compare is put into `vectors`, where that is given. Raises TooLarge when a sum needs more than
    64 bits."""
    found = tallied(sources, conditions, tables)
    if vectors is not None:
        vectors |= found.vectors(conditions)
    return {one: found.members(one) & tables.customers for one in conditions}, found.rows


def tallied(
    sources: Sequence[EventTable],
    conditions: Sequence[EventCondition],
    tables: Tables,
    on_rows: Callable[[Rows], None] | None = None,
    early: BitMap | None = None,
    room: Callable[[int], int] = lambda _: 0,
) -> Tallied:
    """Count whatever the conditions ask for. `on_rows` is given all rows as they are read, with
    their times unless all of them count however old. `early`: who has other events, before the
    first edge, merges not followed; of these it is only asked whether there are any. `room`: of a
    number of ordinals, how many more places to have. Raises TooLarge."""
    edges, lowest = timeline(conditions)
    asked, ordinals = asked_by(conditions), Ordinals.of(tables)
    # One place more, for those who are nobody any more.
    tallies = {
        one: Tally(size=ordinals.size + 1 + room(ordinals.size))
        for one in dict.fromkeys(map(counted, conditions))
    }
    # Where there is one slice only, nobody asks when in it something happened.
    is_timed = edges.count - lowest > 1 or (on_rows is not None and lowest > 0)
    total = 0
    covered = covered_by(edges, lowest)
    with closing(read(sources, asked, covered, tables, with_times=is_timed)) as stream:
        for rows in stream:
            total += len(rows)
            if on_rows is not None:
                on_rows(rows)
            _take_in(rows, ordinals.places(rows.ordinals), tallies, edges, lowest)
    if early:
        tallies[ANY].mark(0, ordinals.places(np.asarray(early.to_array(), dtype=np.int64)))
    for tally in tallies.values():
        tally.finish(lowest, edges.count)
    return Tallied(tallies=tallies, edges=edges, lowest=lowest, ordinals=ordinals, rows=total)


def timeline(conditions: Sequence[EventCondition]) -> tuple[Edges, int]:
    """The timeline cut at all edges that conditions look at, and the first slice anybody asks
    for."""
    needed = [stretch for condition in conditions for stretch in stretches(condition)]
    edges = Edges.of(needed)
    return edges, min(edges.slice_from(start) for start, _ in needed)


def asked_by(conditions: Sequence[EventCondition]) -> Asked:
    """What conditions ask of every row."""
    wanted = dict.fromkeys(map(counted, conditions))
    return Asked(
        wheres=list(dict.fromkeys(one.where for one in wanted)),
        props=list(dict.fromkeys(one.prop for one in wanted if one.prop)),
    )


def covered_by(edges: Edges, lowest: int) -> Interval:
    """The stretch of time of the slices from `lowest` on."""
    start = None if lowest == 0 else instant(int(edges.at[lowest - 1]))
    return Interval(start=start, end=instant(int(edges.at[-1])))


def instant(micros: int) -> datetime:
    """The aware instant of microseconds since 1970."""
    return EPOCH + timedelta(microseconds=micros)


def _take_in(
    rows: Rows, whose: Places, tallies: dict[Counted, Tally], edges: Edges, lowest: int
) -> None:
    slices = edges.split(rows.at) if len(rows.at) else [(lowest, 0, len(rows))]
    for place, low, high in slices:
        some = rows.chosen(slice(low, high))
        for one, tally in tallies.items():
            _take(one, tally, place, some, whose[low:high])


def _take(one: Counted, tally: Tally, place: int, rows: Rows, whose: Places) -> None:
    fits = rows.fits[one.where]
    whose = whose if fits is None else whose[fits]
    if not one.prop:
        tally.count(place, whose)
        return
    numbers = rows.numbers[one.prop]
    tally.add(place, whose, numbers if fits is None else numbers[fits])
