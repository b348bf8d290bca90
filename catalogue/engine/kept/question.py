"""What is asked of some events as of now, and which rows came since another time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property

from catalogue.definitions.windows import Interval
from catalogue.engine.conditions.events import EventCondition
from catalogue.engine.kept.moving import Start
from catalogue.engine.local_times import naive
from catalogue.engine.vectors.asked import Asked
from catalogue.engine.vectors.edges import Edges
from catalogue.engine.vectors.rows import Rows, read
from catalogue.engine.vectors.scan import asked_by, instant, timeline
from catalogue.warehouse.pieces import Pieces, TablesInPieces, may_be_after
from catalogue.warehouse.tables import EventTable


@dataclass(frozen=True, kw_only=True)
class EventQuestion:
    """`conditions` on the events of `names`."""

    names: frozenset[str]
    conditions: Sequence[EventCondition]
    tables: TablesInPieces

    @cached_property
    def sources(self) -> Sequence[EventTable]:
        """All rows; opened by those who read them, for that takes its time."""
        found = (self.tables.events(name) for name in sorted(self.names))
        return [table for table in found if table is not None]

    @cached_property
    def pieces(self) -> Mapping[str, Pieces]:
        """What the rows lie in, by event."""
        return {name: self.tables.event_pieces(name) for name in sorted(self.names)}

    @cached_property
    def all_pieces(self) -> frozenset[str]:
        """The names of all pieces."""
        return frozenset(name for pieces in self.pieces.values() for name in pieces)

    @cached_property
    def asked(self) -> Asked:
        """What is read of every row."""
        return asked_by(self.conditions)

    @cached_property
    def _timeline(self) -> tuple[Edges, int]:
        return timeline(self.conditions)

    @property
    def end(self) -> int:
        """Up to when events count, in microseconds since 1970."""
        return int(self._timeline[0].at[-1])

    @property
    def edges(self) -> Edges:
        """The timeline, cut at all edges."""
        return self._timeline[0]

    @cached_property
    def starts(self) -> dict[Start, int]:
        """Every edge that something counts from, and the slice that it begins."""
        edges, lowest = self._timeline
        places = range(lowest, edges.count)
        return {None if not place else int(edges.at[place - 1]): place for place in places}


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrivals:
    """The rows that a question counts and that were not known, or not yet over, before. `size`:
    bytes of the pieces they were looked for in."""

    runs: Sequence[Rows]
    size: int

    def __len__(self) -> int:
        return sum(map(len, self.runs))

    @classmethod
    def of(
        cls,
        question: EventQuestion,
        asked: Asked,
        *,
        first: Start,
        since: int,
        known: frozenset[str],
    ) -> Arrivals:
        """Whatever lies in pieces that are not `known`, from `first` on, and in known ones from
        `since` on: what was still to come."""
        new = _chosen(question, lambda pieces: [name for name in pieces if name not in known])
        last = naive(instant(since - 1))
        due = _chosen(
            question, lambda pieces: [n for n in may_be_after(pieces, last) if n in known]
        )
        end = instant(question.end)
        whole = Interval(start=None if first is None else instant(first), end=end)
        later = Interval(start=instant(since), end=end)
        runs = [*_read(question, asked, new, whole), *_read(question, asked, due, later)]
        looked_at = [question.pieces[e][p] for some in (new, due) for e, ps in some for p in ps]
        return cls(runs=runs, size=sum(piece.size for piece in looked_at))


# Some pieces of some events.
Chosen = Sequence[tuple[str, Sequence[str]]]


def _chosen(question: EventQuestion, choose: Callable[[Pieces], list[str]]) -> Chosen:
    found = ((event, choose(pieces)) for event, pieces in question.pieces.items())
    return [(event, pieces) for event, pieces in found if pieces]


def _read(
    question: EventQuestion, asked: Asked, chosen: Chosen, covered: Interval
) -> Iterator[Rows]:
    tables = question.tables
    found = [tables.events_in(event, pieces) for event, pieces in chosen]
    sources = [table for table in found if table is not None]
    if sources:
        with closing(read(sources, asked, covered, tables, with_times=True)) as stream:
            yield from (rows for rows in stream if len(rows))
