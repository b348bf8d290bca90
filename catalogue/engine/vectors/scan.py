"""One scan of some events that answers every count, sum, first and last of them."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from typing import TypeGuard

from pyroaring import BitMap

from catalogue.engine.bitmaps import from_dense
from catalogue.engine.conditions.events import EventCondition
from catalogue.engine.vectors.edges import Edges
from catalogue.engine.vectors.judging import (
    SUMMED,
    Counted,
    Vector,
    counted,
    is_counted,
    judge,
    stretches,
    vector_of,
)
from catalogue.engine.vectors.reading import Ordinals, Part, Reading
from catalogue.engine.vectors.tally import Tally
from catalogue.warehouse.tables import EventTable, Tables


def can_answer(condition: object, sources: Sequence[EventTable]) -> TypeGuard[EventCondition]:
    """Whether vectors answer a condition on these events: of sums, when all numbers are kept as
    such and not as text."""
    if not isinstance(condition, EventCondition) or not is_counted(condition):
        return False
    measure = condition.measure
    if measure.function not in SUMMED:
        return True
    found = [source.properties.get(measure.prop[0]) for source in sources]
    return len(measure.prop) == 1 and all(one is None or one.text is None for one in found)


def scan_vectors(
    sources: Sequence[EventTable],
    conditions: Sequence[EventCondition],
    tables: Tables,
    vectors: dict[EventCondition, Vector] | None = None,
) -> tuple[dict[EventCondition, BitMap], int]:
    """The customers for whom each condition is true, and how many rows were read. What conditions
    compare is put into `vectors`, where that is given. Raises TooLarge when a sum needs more than
    64 bits."""
    needed = [stretch for condition in conditions for stretch in stretches(condition)]
    edges = Edges.of(needed)
    lowest = min(edges.slice_from(start) for start, _ in needed)
    wanted = list(dict.fromkeys(counted(condition) for condition in conditions))
    reading = Reading(
        tables=tables,
        ordinals=Ordinals.of(tables),
        edges=edges,
        lowest=lowest,
        wheres=list(dict.fromkeys(one.where for one in wanted)),
        props=list(dict.fromkeys(one.prop for one in wanted if one.prop)),
    )
    # One place more, for those who are nobody any more.
    tallies = {one: Tally(size=reading.ordinals.size + 1) for one in wanted}
    rows = 0
    with closing(reading.parts(sources)) as parts:
        for part in parts:
            rows += len(part.whose)
            for one, tally in tallies.items():
                _take(one, tally, part)
    for tally in tallies.values():
        tally.finish(lowest, edges.count)
    members = {
        condition: from_dense(judge(condition, tallies[counted(condition)], edges)[:-1])
        & tables.customers
        for condition in conditions
    }
    if vectors is not None:
        for condition in conditions:
            vector = vector_of(condition, tallies[counted(condition)], edges)
            if vector is not None:
                vectors[condition] = vector
    return members, rows


def _take(one: Counted, tally: Tally, part: Part) -> None:
    fits = part.fits[one.where]
    whose = part.whose if fits is None else part.whose[fits]
    if not one.prop:
        tally.count(part.place, whose)
        return
    numbers = part.numbers[one.prop]
    tally.add(part.place, whose, numbers if fits is None else numbers[fits])
