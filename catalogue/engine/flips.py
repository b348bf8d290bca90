"""When answers about one customer will change by time alone: if nothing is said or done after now.

What is not known is None, and whatever rests on it: aggregates over a window that moves,
anniversaries, events whose `where` itself moves with time, places in a ranking that others may move
by time alone, and very many events.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import Literal, cast
from zoneinfo import ZoneInfo

from catalogue.definitions import nodes
from catalogue.definitions.nodes import DateLiteral, Subject, Term, Window
from catalogue.definitions.subjects import trait_subject
from catalogue.definitions.windows import instant_of
from catalogue.engine.conditions.aggregates import Comparisons
from catalogue.engine.conditions.dates import InSpans
from catalogue.engine.conditions.events import EventCondition, EventNode
from catalogue.engine.conditions.held import FIRST_KNOWN, began_within
from catalogue.engine.conditions.terms import Frame, criterion
from catalogue.engine.evidence import Dated, Evidence, count_within, sought
from catalogue.engine.intervals import events_interval
from catalogue.engine.local_times import Span
from catalogue.engine.moving import ANNIVERSARIES, edges, elapses, moves, stays, window_moves
from catalogue.engine.placed import Placed, placed_below
from catalogue.engine.plan import Among, Group, Leaf, Members
from catalogue.engine.ranking import Ranked
from catalogue.engine.scans import Condition
from catalogue.engine.walks.ahead import may_change
from catalogue.engine.walks.of_one import Told, condition_at, is_judged_true

# More instants than these are not judged one by one.
MOST_EVENTS = 5_000
MOST_EVENTS_OF_CALENDAR_UNITS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """The answer as of now, and the instants after now at each of which it becomes the other."""

    start: bool
    flips: tuple[datetime, ...] = ()

    def at(self, instant: datetime) -> bool:
        """The answer at an instant, now or later."""
        return self.start ^ bool(bisect_right(self.flips, instant) % 2)

    def complement(self) -> Timeline:
        """The opposite at every instant."""
        return Timeline(start=not self.start, flips=self.flips)


def first_flip(timeline: Timeline | None) -> datetime | None:
    """When the answer changes first; None when it never does or nobody knows."""
    return timeline.flips[0] if timeline is not None and timeline.flips else None


def timeline_of(answer: Callable[[datetime], bool], instants: Iterable[datetime]) -> Timeline:
    """Judge at now, the earliest of the instants, and at all later ones."""
    now, *later = sorted(set(instants))
    start = last = answer(now)
    flips = []
    for instant in later:
        then = answer(instant)
        if then != last:
            flips.append(instant)
            last = then
    return Timeline(start=start, flips=tuple(flips))


How = Literal["all", "any", "none"]
# What one part has to be for the others not to matter.
DECIDES: Mapping[How, bool] = {"all": False, "any": True, "none": True}


def joined(how: How, parts: Sequence[Timeline | None], now: datetime) -> Timeline | None:
    """The answer of a group. A part that is not known matters only where none decides for good."""
    decisive = DECIDES[how]
    known = [part for part in parts if part is not None]
    if any(not part.flips and part.start is decisive for part in known):
        return Timeline(start=how == "any")
    if len(known) < len(parts):
        return None

    def answer(instant: datetime) -> bool:
        found = any(part.at(instant) is decisive for part in known)
        return found if how == "any" else not found

    return timeline_of(answer, [now, *(flip for part in known for flip in part.flips)])


@dataclass(frozen=True, slots=True, kw_only=True)
class Foresight:
    """What is needed to look ahead: the customer's (or account's) evidence, now and zone, the
    engine's answers as of now (of conditions, by pointer of what is asked of an account's
    customers, and of `ranks`: who is in), and how the segments referred to will go on."""

    evidence: Evidence
    answers: Mapping[Condition, bool]
    now: datetime
    zone: ZoneInfo
    segments: Mapping[str, Timeline | None]
    ranks: Mapping[Ranked, bool] = field(default_factory=dict)
    of_customers: Mapping[str, bool] = field(default_factory=dict)
    seen: dict[str, Timeline | None] = field(default_factory=dict)

    def of(self, one: Placed) -> Timeline | None:
        """How the answer of a node goes on; None where that is not known."""
        if one.pointer not in self.seen:
            self.seen[one.pointer] = self._of(one)
        return self.seen[one.pointer]

    def _of(self, one: Placed) -> Timeline | None:
        match one.formula:
            case Group(how=how):
                return joined(how, [self.of(below) for below in placed_below(one)], self.now)
            case Members(key=key):
                return self.segments[key]
            case Ranked() as ranked:
                return Timeline(start=self.ranks[ranked]) if stays(one.node) else None
            case Among():
                still = stays(one.node)
                return Timeline(start=self.of_customers[one.pointer]) if still else None
            case Leaf(condition=condition, negated=negated):
                found = self._of_condition(one, condition)
                return found.complement() if found is not None and negated else found
        return Timeline(start=True)

    def _of_condition(self, one: Placed, condition: Condition) -> Timeline | None:
        found: Timeline | None = None
        node, as_ever = one.node, Timeline(start=self.answers[condition])
        if isinstance(node, nodes.Trait | nodes.AccountTrait):
            found = self._of_trait(node.term, as_ever, self._whose(node, one.about))
        elif isinstance(node, nodes.Walk):
            found = self._of_walk(node, condition, as_ever)
        elif isinstance(node, nodes.Held):
            found = self._of_held(node, as_ever)
        elif isinstance(node, nodes.Sample):
            found = as_ever
        elif isinstance(condition, EventCondition):
            found = self._of_events(cast("EventNode", node), condition, as_ever)
        # What does not even agree with the engine as of now says nothing about later.
        return found if found is not None and found.start == as_ever.start else None

    def _whose(self, node: nodes.Trait | nodes.AccountTrait, about: Subject) -> Evidence | None:
        of_account = trait_subject(node, about) == "account"
        return self.evidence.of_account if of_account else self.evidence

    def _of_trait(
        self, term: Term, as_ever: Timeline, evidence: Evidence | None
    ) -> Timeline | None:
        operand = term.operand
        if not moves(term):
            return as_ever
        if term.operator in ANNIVERSARIES or not isinstance(operand, Window | DateLiteral):
            return None
        dated = Dated() if evidence is None else evidence.dated.get(term.path, Dated())
        at = _instant(dated, self.zone)
        if at is None:
            return as_ever

        def holds(instant: datetime) -> bool:
            test = criterion(term, Frame(now=instant, zone=self.zone)).test
            return isinstance(test, InSpans) and _lies_in(dated, test)

        return self._judged(holds, edges(operand, at, self.zone))

    def _of_held(self, node: nodes.Held, as_ever: Timeline) -> Timeline | None:
        if moves(node.term):
            return None
        begun = self.evidence.begun_at(node, Frame(now=self.now, zone=self.zone))
        if begun is None or begun < FIRST_KNOWN:
            return as_ever

        def holds(instant: datetime) -> bool:
            within = began_within(node, Frame(now=instant, zone=self.zone))
            return bool(count_within([begun], within))

        return self._judged(holds, edges(nodes.InLast(duration=node.duration), begun, self.zone))

    def _of_events(
        self, node: EventNode, condition: EventCondition, as_ever: Timeline
    ) -> Timeline | None:
        if any(map(moves, node.events.where)):
            return None
        times, window = self.evidence.times[sought(condition)], node.window
        if not times or window is None or not window_moves(window):
            return as_ever
        deciding = _deciding(node, times)
        most = MOST_EVENTS if elapses(window) else MOST_EVENTS_OF_CALENDAR_UNITS
        if isinstance(node, nodes.Aggregate) or len(deciding) > most:
            return None
        fits = _accepts(condition)

        def holds(instant: datetime) -> bool:
            return fits(count_within(deciding, events_interval(window, instant, self.zone)))

        instants = (edge for at in deciding for edge in edges(window, at, self.zone))
        return self._judged(holds, instants)

    def _of_walk(
        self, node: nodes.Walk, condition: Condition, as_ever: Timeline
    ) -> Timeline | None:
        rows = self.evidence.rows
        if not isinstance(condition, Told) or not len(rows.at):
            return as_ever
        instants = may_change(node, condition, rows, self.now, self.zone)

        def holds(instant: datetime) -> bool:
            return is_judged_true(condition_at(node, Frame(now=instant, zone=self.zone)), rows)

        return None if instants is None else self._judged(holds, instants)

    def _judged(self, holds: Callable[[datetime], bool], instants: Iterable[datetime]) -> Timeline:
        later = (instant for instant in instants if instant > self.now)
        return timeline_of(holds, [self.now, *later])


def _deciding(node: EventNode, times: list[datetime]) -> list[datetime]:
    """The events whose place in the window decides: of `first_did` and `last_did` one alone."""
    match node:
        case nodes.FirstDid():
            return times[:1]
        case nodes.LastDid():
            return times[-1:]
    return times


def _accepts(condition: EventCondition) -> Callable[[int], bool]:
    """Which numbers of deciding events inside the window are in."""
    if isinstance(condition.accepted, Comparisons):
        return cache(condition.accepted.holds_for)
    return bool


def _instant(dated: Dated, zone: ZoneInfo) -> datetime | None:
    if dated.moment is not None:
        return dated.moment.replace(tzinfo=UTC)
    return None if dated.local is None else instant_of(dated.local, zone)


def _lies_in(dated: Dated, spans: InSpans) -> bool:
    return any(_covers(span, dated.moment) for span in spans.moments) or any(
        _covers(span, dated.local) for span in spans.locals
    )


def _covers(span: Span, at: datetime | None) -> bool:
    if at is None:
        return False
    return (span.start is None or at >= span.start) and (span.end is None or at < span.end)
