"""Conditions that are counted together, no more than memory has room for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from catalogue.engine.conditions.events import EventCondition
from catalogue.engine.vectors.edges import Edges
from catalogue.engine.vectors.judging import SUMMED, counted, stretches

# Of all vectors of one scan; a definition may have hundreds of windows.
MOST_BYTES = 1 << 30
COUNT_BYTES, SUM_BYTES = 4, 8


def portions(
    conditions: Sequence[EventCondition], people: int, most_bytes: int = MOST_BYTES
) -> Iterator[Sequence[EventCondition]]:
    """The conditions in as many parts as they need for the vectors of each, over so many people,
    to take no more than `most_bytes`; one alone is never parted."""
    if len(conditions) < 2 or bytes_for(conditions, people) <= most_bytes:
        yield conditions
        return
    # Those with windows alike share slices, so they stay together.
    ordered = sorted(conditions, key=lambda one: stretches(one)[0][0] or 0)
    middle = len(ordered) // 2
    yield from portions(ordered[:middle], people, most_bytes)
    yield from portions(ordered[middle:], people, most_bytes)


def may_be_kept(conditions: Sequence[EventCondition], people: int) -> bool:
    """Whether the figures of each of the conditions fit into memory beside the vectors."""
    return len(conditions) * people * (COUNT_BYTES + SUM_BYTES) <= MOST_BYTES // 4


def fits_in_memory(conditions: Sequence[EventCondition], people: int, slices: int) -> bool:
    """Whether the vectors of all of them, over so many slices of time, fit into memory at once."""
    return _bytes_for(conditions, people, slices) <= MOST_BYTES


def bytes_for(conditions: Sequence[EventCondition], people: int) -> int:
    """How many bytes the vectors of a scan of these take."""
    needed = [stretch for condition in conditions for stretch in stretches(condition)]
    edges = Edges.of(needed)
    slices = edges.count - min(edges.slice_from(start) for start, _ in needed)
    return _bytes_for(conditions, people, slices)


def _bytes_for(conditions: Sequence[EventCondition], people: int, slices: int) -> int:
    kinds = {counted(condition): condition.measure.function in SUMMED for condition in conditions}
    each = sum(COUNT_BYTES + (SUM_BYTES if is_summed else 0) for is_summed in kinds.values())
    return slices * each * people
