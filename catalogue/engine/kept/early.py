"""Who did something long ago, without reading it: where nothing is asked of old events but whether
there are any, the files that hold none but old ones need not be read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pyroaring import BitMap

from catalogue.definitions.nodes import Comparator
from catalogue.engine.conditions.aggregates import InTime
from catalogue.engine.conditions.events import EventCondition
from catalogue.engine.kept.question import EventQuestion
from catalogue.engine.local_times import microseconds
from catalogue.engine.vectors.judging import ANY, counted, stretches
from catalogue.warehouse.pieces import Piece
from catalogue.warehouse.tables import EventTable


@dataclass(frozen=True, slots=True, kw_only=True)
class Early:
    """`people`: who has any event before the first edge in the files that are left out; merges not
    followed. `sources`: all other rows."""

    people: BitMap
    sources: Sequence[EventTable]


def early(question: EventQuestion) -> Early | None:
    """What need not be read of a question; None when all of it has to."""
    if not _asks_for_ever(question.conditions) or not are_about_any(question.conditions):
        return None
    known = _known(question)
    if not known:
        return None
    sources = []
    for event, pieces in question.pieces.items():
        left = [piece for piece in pieces if piece not in known]
        source = question.tables.events_in(event, left)
        if source is not None:
            sources.append(source)
    return Early(people=BitMap.union(*known.values()), sources=sources)


def _asks_for_ever(conditions: Iterable[EventCondition]) -> bool:
    return any(start is None for one in conditions for start, _ in stretches(one))


def are_about_any(conditions: Iterable[EventCondition]) -> bool:
    """Whether each condition that looks back to the beginning of time asks there for nothing but
    whether there is any event at all."""
    return all(
        counted(one) == ANY and _is_about_any(one)
        for one in conditions
        if any(start is None for start, _ in stretches(one))
    )


def _is_about_any(condition: EventCondition) -> bool:
    """Whether it holds for two events, or for many, just when it does for one."""
    accepted = condition.accepted
    if isinstance(accepted, InTime):
        return True
    return all(
        comparator is not Comparator.BETWEEN and _is_settled_by_one(comparator, low)
        for comparator, low, _ in accepted.all_of
    )


def _is_settled_by_one(comparator: Comparator, bound: float) -> bool:
    if comparator in (Comparator.GTE, Comparator.LT):
        return bound <= 1
    # Greater than, at most, equal or not: no count from 1 on meets a bound below it.
    return bound < 1


def _known(question: EventQuestion) -> Mapping[str, BitMap]:
    """By file that holds old events only, who is in it, where that is kept."""
    first = int(question.edges.at[0])
    found = {
        piece: question.tables.people_in(event, piece)
        for event, pieces in question.pieces.items()
        for piece, noted in pieces.items()
        if _is_before(noted, first)
    }
    return {piece: people for piece, people in found.items() if people is not None}


def _is_before(piece: Piece, edge: int) -> bool:
    return piece.newest is not None and microseconds(piece.newest) < edge
