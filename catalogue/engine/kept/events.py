"""What is remembered of some events: their newest rows, vectors for every window, and for whom each
condition was true. See docs/decisions on incremental refreshes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from pyroaring import BitMap

from catalogue.engine.bitmaps import from_ascending, from_dense
from catalogue.engine.clocks import DAY
from catalogue.engine.conditions.aggregates import Comparisons
from catalogue.engine.conditions.events import EventCondition
from catalogue.engine.kept.early import are_about_any, early
from catalogue.engine.kept.log import Log
from catalogue.engine.kept.moving import Move, Moving, Start, Step, room_for
from catalogue.engine.kept.question import Arrivals, EventQuestion
from catalogue.engine.vectors.asked import Asked
from catalogue.engine.vectors.edges import Stretch
from catalogue.engine.vectors.judging import Counted, counted, judge, stretches
from catalogue.engine.vectors.ordinals import Ordinals
from catalogue.engine.vectors.rows import Rows
from catalogue.engine.vectors.scan import tallied
from catalogue.engine.vectors.tally import Places, Tally, distinct

# A condition with its edges: who decides by the same vectors, and in the same way.
Decided = tuple[Counted, str, Comparisons | None, tuple[tuple[Start, Start], ...]]
# Of so few rows it is not asked whether a scan would cost less.
FEW_ROWS = 10_000
LATELY = 2 * DAY


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The customers for whom each condition is true; the bitmaps change with the next question.
    `rows`: how many rows were looked at. `update_size`: where only new rows were, the bytes of the
    files they lie in."""

    members: Mapping[EventCondition, BitMap]
    rows: int
    update_size: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Conditions over the same windows: by slice, where these begin and end; `whose` counts or sums
    in them may be others after the next move, different and ascending; which of these are `new`, by
    their places; and what the windows say of them `before` the move."""

    conditions: Sequence[EventCondition]
    starts: Mapping[int, Start]
    whose: Places
    new: Places
    before: Tally


@dataclass(slots=True, kw_only=True)
class KeptEvents:
    """As of one photo, and one `end` up to which events count (microseconds since 1970). `starts`
    and `moving`: each with the end at which somebody last asked for it. `size`: how many ordinals
    there are; `rows`: how many rows the last full scan read. Unless it `is_whole`, what counts from
    the beginning of time counts old events as one, however many somebody has. `people`: the
    customers; `members`: for which of them each condition is true."""

    pieces: frozenset[str]
    people: BitMap
    survivors: Mapping[int, int]
    asked: Asked
    starts: dict[Start, int]
    end: int
    size: int
    rows: int
    is_whole: bool
    log: Log
    moving: dict[Counted, Moving]
    wanted: dict[Counted, int]
    members: dict[Decided, BitMap] = field(default_factory=dict)

    @classmethod
    def scanned(cls, question: EventQuestion) -> tuple[KeptEvents, Found]:
        """All of it, by a scan of everything. Raises TooLarge."""
        starts = question.starts
        log = Log(_first(starts, question.end))
        old = early(question)
        found = tallied(
            question.sources if old is None else old.sources,
            question.conditions,
            question.tables,
            on_rows=log.add,
            early=None if old is None else old.people,
            room=room_for,
        )
        kept = cls(
            pieces=question.all_pieces,
            people=question.tables.customers,
            survivors=dict(question.tables.survivors),
            asked=question.asked,
            starts=dict.fromkeys(starts, question.end),
            end=question.end,
            size=found.ordinals.size,
            rows=found.rows,
            is_whole=old is None,
            log=log,
            moving={one: Moving.of(one, tally, starts) for one, tally in found.tallies.items()},
            wanted=dict.fromkeys(found.tallies, question.end),
        )
        people = question.tables.customers
        members = {one: found.members(one) & people for one in question.conditions}
        kept.members = {_decided(one, None): true for one, true in members.items()}
        return kept, Found(members=members, rows=found.rows)

    @property
    def nbytes(self) -> int:
        """The memory it takes, but for the bitmaps, which are small beside the rest."""
        return self.log.nbytes + sum(one.nbytes for one in self.moving.values())

    def leave_the_file(self) -> None:
        """Take what lies in a file into memory."""
        self.log.leave_the_file()
        for one in self.moving.values():
            one.leave_the_file()

    def can_follow(self, question: EventQuestion) -> bool:
        """Whether what is asked now follows from what is remembered."""
        return (
            question.end >= self.end
            and self.pieces <= question.all_pieces
            and (self.is_whole or are_about_any(question.conditions))
            and all(counted(one) in self.moving for one in question.conditions)
            and all(map(self._is_in_reach, question.starts))
            and self._are_merges_followed(question.tables.survivors)
        )

    def follow(self, question: EventQuestion) -> Found | None:
        """Go to the photo and the end of a question that it can follow; None when that would cost
        about as much as a scan. Raises TooLarge. After any error it must not be used any more."""
        self._forget_the_unwanted(question)
        arrivals = self._arrivals(question)
        steps = self._steps(question, arrivals)
        moved = sum(len(rows) for step in steps for rows in (*step.coming, *step.going))
        if moved > self.rows // 2 + FEW_ROWS:
            return None
        ordinals = Ordinals.of(question.tables)
        newcomers = self._make_room(ordinals.size)
        merged = distinct([self._pass_on(question.tables.survivors)])
        known = {step.new: step.old for step in steps} | {question.end: self.end}
        members: dict[EventCondition, BitMap] = {}
        asked = _by_counted(question.conditions)
        people = question.tables.customers
        gone = self.people - people
        # Nobody of them was in anything before.
        new = distinct([newcomers, _places(people - self.people)])
        for moving in self.moving.values():
            moves = moving.moves(steps, ordinals)
            some = asked.get(moving.counted, ())
            groups = self._groups(question, some, moves, known, moving, new)
            moving.move(moves, self.size + 1)
            for group in groups:
                members |= self._judged(question, group, known, moving, merged)
        if gone:
            for true in members.values():
                true -= gone
        self._settle(question, arrivals, members)
        return Found(members=members, rows=moved, update_size=arrivals.size)

    def _is_in_reach(self, start: Start) -> bool:
        return start in self.starts if start is None else start >= self.log.start

    def _are_merges_followed(self, survivors: Mapping[int, int]) -> bool:
        """Whether nobody came apart again: who was merged is where its survivor is now."""
        return all(
            away in survivors and survivors[away] == survivors.get(last, last)
            for away, last in self.survivors.items()
        )

    def _before(self, start: Start, end: int) -> Start:
        """The old start that a new one follows from. That as long before the old end, where time
        went on by a day at most: each window then follows from itself, and no vector stays behind
        because two windows took the same one. Else the nearest; from the end on there is nothing
        yet."""
        if start is None:
            return None
        own = start - end + self.end
        if own in self.starts and end - self.end <= DAY:
            return own
        known = [one for one in self.starts if one is not None]
        return min([*known, self.end], key=lambda one: abs(one - start))

    def _forget_the_unwanted(self, question: EventQuestion) -> None:
        """Other segments ask at other times; what nobody asked for lately is let go."""
        since = question.end - LATELY
        asked = {counted(one) for one in question.conditions}
        self.wanted |= dict.fromkeys(asked, question.end)
        self.wanted = {one: end for one, end in self.wanted.items() if end >= since}
        self.moving = {one: self.moving[one] for one in self.wanted}
        if None in question.starts:
            self.starts[None] = question.end
        self.starts = {one: end for one, end in self.starts.items() if end >= since}

    def _arrivals(self, question: EventQuestion) -> Arrivals:
        starts = {*self.starts, *question.starts}
        first = None if None in starts else _first(starts, question.end)
        return Arrivals.of(question, self.asked, first=first, since=self.end, known=self.pieces)

    def _steps(self, question: EventQuestion, arrivals: Arrivals) -> list[Step]:
        """To the starts that are asked for now; the others stay, but for those that were left."""
        sources = {start: self._before(start, question.end) for start in question.starts}
        left = {*sources.values(), *sources}
        sources |= {start: start for start in self.starts if start not in left}
        self.starts = {
            start: question.end if start in question.starts else self.starts[start]
            for start in sources
        }
        return [self._step(start, old, question.end, arrivals) for start, old in sources.items()]

    def _step(self, start: Start, old: Start, end: int, arrivals: Arrivals) -> Step:
        coming = [rows.between(start, end) for rows in arrivals.runs]
        going: list[Rows] = []
        if old is not None and start is not None:
            coming += self.log.between(start, old) if start < old else []
            going += self.log.between(old, start) if old < start else []
        return Step(old=old, new=start, coming=coming, going=going)

    def _make_room(self, size: int) -> Places:
        """Take in new ordinals; which these are. Some conditions are true of who did nothing."""
        new = np.arange(self.size, max(self.size, size), dtype=np.intp)
        if len(new):
            for moving in self.moving.values():
                moving.grow(self.size, size + 1)
            self.size = size
        return new

    def _pass_on(self, survivors: Mapping[int, int]) -> Places:
        """Follow the merges that are new; who is concerned."""
        new = {away: last for away, last in survivors.items() if away not in self.survivors}
        if not new:
            return np.zeros(0, dtype=np.intp)
        for moving in self.moving.values():
            moving.pass_on(new)
        return np.array([*new.keys(), *new.values()], dtype=np.intp)

    def _groups(
        self,
        question: EventQuestion,
        conditions: Sequence[EventCondition],
        moves: Sequence[Move],
        known: Mapping[Start, Start],
        moving: Moving,
        new: Places,
    ) -> list[Group]:
        """The conditions over the same windows, with what these say before they move."""
        touched = {one.step.new: (one.came.whose, one.went.whose) for one in moves}
        groups = []
        for some in _by_spans(conditions).values():
            starts = _starts_of(some, question)
            moved = (places for start in starts.values() for places in touched[start])
            whose = distinct([new, *moved])
            old = {place: known[start] for place, start in starts.items()}
            group = Group(
                conditions=some,
                starts=starts,
                whose=whose,
                new=whose.searchsorted(new),
                before=moving.tally(old, whose, len(whose)),
            )
            groups.append(group)
        return groups

    def _judged(
        self,
        question: EventQuestion,
        group: Group,
        known: Mapping[Start, Start],
        moving: Moving,
        merged: Places,
    ) -> dict[EventCondition, BitMap]:
        """For whom conditions over the same windows are true. Of those whose counts or sums in
        these windows may be others it turns for whom it was decided otherwise before; the `merged`,
        of whom that is not known, are judged anew."""
        edges, people = question.edges, question.tables.customers
        now = moving.tally(group.starts, group.whose, len(group.whose))
        found: dict[EventCondition, BitMap] = {}
        for one in group.conditions:
            # Whoever follows from it changes it, so it is taken out: another one that was decided
            # alike begins anew.
            true = self.members.pop(_decided(one, known), None)
            if true is None:
                starts = {place: start for start, place in question.starts.items()}
                everybody = moving.tally(starts, slice(self.size), self.size)
                true = from_dense(judge(one, everybody, edges)) & people
            else:
                before = judge(one, group.before, edges)
                before[group.new] = False
                # Whoever is nobody any more has a place, too.
                turned = from_ascending(group.whose[judge(one, now, edges) != before])
                true ^= turned & people
            found[one] = true
        if len(merged):
            _judge_anew(found, moving.tally(group.starts, merged, len(merged)), merged, question)
        return found

    def _settle(
        self, question: EventQuestion, arrivals: Arrivals, members: Mapping[EventCondition, BitMap]
    ) -> None:
        """Remember this question as the last one."""
        self.members = {_decided(one, None): true for one, true in members.items()}
        self.pieces, self.end = question.all_pieces, question.end
        self.people = question.tables.customers
        self.survivors = dict(question.tables.survivors)
        self.log.forget_before(_first(self.starts, self.end))
        for rows in arrivals.runs:
            self.log.add(rows)


def _judge_anew(
    found: Mapping[EventCondition, BitMap], tally: Tally, some: Places, question: EventQuestion
) -> None:
    """Decide the conditions once more for some, by what is counted of them."""
    for one, true in found.items():
        fits = judge(one, tally, question.edges)
        true -= from_ascending(some)
        true |= from_ascending(some[fits]) & question.tables.customers


def _by_counted(conditions: Iterable[EventCondition]) -> dict[Counted, list[EventCondition]]:
    found: dict[Counted, list[EventCondition]] = {}
    for one in conditions:
        found.setdefault(counted(one), []).append(one)
    return found


# The windows that decide a condition.
Spans = tuple[Stretch, ...]


def _by_spans(conditions: Iterable[EventCondition]) -> dict[Spans, list[EventCondition]]:
    found: dict[Spans, list[EventCondition]] = {}
    for one in conditions:
        found.setdefault(stretches(one), []).append(one)
    return found


def _starts_of(
    conditions: Sequence[EventCondition], question: EventQuestion
) -> Mapping[int, Start]:
    """The starts that the windows of these begin or end at, by the slice that each begins."""
    edges = {edge for span in stretches(conditions[0]) for edge in span}
    return {question.starts[edge]: edge for edge in edges if edge in question.starts}


def _first(starts: Iterable[Start], end: int) -> int:
    """Before this nothing moves over any row."""
    return min((one for one in starts if one is not None), default=end)


def _decided(condition: EventCondition, known: Mapping[Start, Start] | None) -> Decided:
    """How a condition is decided; with the edges that were known, where these are given."""
    accepted = condition.accepted
    spans: tuple[tuple[Start, Start], ...] = stretches(condition)
    if known is not None:
        spans = tuple((known.get(start, start), known.get(end, end)) for start, end in spans)
    bounds = accepted if isinstance(accepted, Comparisons) else None
    return counted(condition), condition.measure.function, bounds, spans


def _places(people: BitMap) -> Places:
    return np.asarray(people.to_array(), dtype=np.intp)
