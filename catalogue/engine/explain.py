"""Why one customer is in a segment or not: the tree of its definition with yes or no at each node,
judged by the real scans over this customer's rows, and what decided it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from pyroaring import BitMap

from catalogue.definitions import nodes
from catalogue.definitions.describe import Labels, say_sentences
from catalogue.definitions.english import reasons, standing
from catalogue.definitions.english.wording import Wording
from catalogue.definitions.errors import DefinitionError
from catalogue.definitions.nodes import Definition, Node
from catalogue.engine.bitmaps import follow
from catalogue.engine.conditions.events import EventCondition
from catalogue.engine.conditions.terms import Frame
from catalogue.engine.evaluate import compose, find, members_by, plan_of
from catalogue.engine.evidence import (
    ByHand,
    EventsReason,
    HeldReason,
    Reason,
    SegmentReason,
    TraitReason,
    evidence_of,
)
from catalogue.engine.flips import Foresight, Timeline, first_flip
from catalogue.engine.inputs import Judged, Refused, SegmentInput
from catalogue.engine.intervals import events_interval
from catalogue.engine.one_customer import OneCustomer
from catalogue.engine.placed import Placed, placed, placed_below
from catalogue.engine.plan import Leaf
from catalogue.engine.ranking import Ranked
from catalogue.engine.standings import RankReason, SampleReason, draw_of, place_of, standings
from catalogue.engine.walks.of_one import Told
from catalogue.engine.walks.reasons import WalkReason, walk_reason
from catalogue.engine.walks.saying import say_walk_reason
from catalogue.warehouse.tables import Tables


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeExplained:
    """One node of the tree for one customer. `pointer`, `depth`, `text`, `folded` as in
    `describe.Sentence`. `answer`: whether it is true. `reason`: what decided it, of a condition;
    `because` says that in a few words, else it is empty. `flips_at`: the first instant after now at
    which the answer is the other one if nothing more is said or done; None when it never changes
    so, or when that is not known. `later` says that in a few words, else it is empty."""

    pointer: str
    depth: int
    text: str
    folded: bool
    answer: bool
    reason: Reason | None
    because: str
    flips_at: datetime | None
    later: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """One customer and one segment as of `now`. `is_in`: the final answer. `own`: what the
    definition alone (or the static list) says; `by_hand` beats it (clause 25), and `note` says so
    in a sentence. `nodes` are in the order of the document; a static list has none. `flips_at`, as
    of a node, is of the final answer, and `later` says it in a sentence."""

    key: str
    now: datetime
    is_in: bool
    own: bool
    by_hand: ByHand | None
    note: str
    nodes: tuple[NodeExplained, ...]
    flips_at: datetime | None
    later: str


def explain(
    segments: Mapping[str, SegmentInput],
    ordinal: int,
    tables: Tables,
    *,
    now: datetime,
    keys: Iterable[str] | None = None,
    labels: Labels | None = None,
) -> dict[str, Explained | DefinitionError]:
    """Explain one live customer in the segments `keys` (None: in all) of `segments`, which hold all
    that they refer to, as of one aware `now` on one photo. A segment that cannot be judged has its
    refusal instead. Raises ScanFailed when the data cannot be read."""
    case = _Case(segments, ordinal, tables, now)
    wording = Wording(labels=labels or Labels())
    return {key: case.told(key, wording) for key in (segments if keys is None else keys)}


class _Case:
    """One customer judged in some segments, with everything that decided it."""

    def __init__(
        self,
        segments: Mapping[str, SegmentInput],
        ordinal: int,
        tables: Tables,
        now: datetime,
    ) -> None:
        self.segments, self.now = segments, now
        self.customer = customer = OneCustomer(tables, ordinal)
        self.planned = plan_of(segments, now)
        self.findings = find(self.planned.conditions, customer, now=now, keep_figures=True)
        self.standings = standings(segments, self.planned, tables, now=now)
        self.findings.settled = self.standings.rankings
        self.findings.errors |= self.standings.errors
        self.outcomes = compose(segments, self.planned, self.findings, customer)
        self.evidence = evidence_of(
            ((one.node, one.formula) for key in self.judged for one in self.tree(key)),
            self.findings.figures,
            customer,
            now=now,
            begun=self.findings.begun,
        )
        self.ahead: dict[str, Foresight] = {}
        self.timelines: dict[str, Timeline | None] = {}
        for key in self.judged:  # children before parents
            self.timelines[key] = self._look_ahead(key)

    @property
    def judged(self) -> list[str]:
        """The segments that could be judged, those built on before those that build on them."""
        return [key for key in self.planned.order if isinstance(self.outcomes[key], Judged)]

    def tree(self, key: str) -> list[Placed]:
        """The nodes of a segment's definition; none of a static list."""
        definition, formula = self.segments[key].definition, self.planned.formulas[key]
        if definition is None or formula is None:
            return []
        return list(placed(definition.where, formula))

    def is_in(self, key: str) -> bool:
        """The final answer."""
        outcome = self.outcomes[key]
        return isinstance(outcome, Judged) and bool(outcome.members)

    def by_hand(self, key: str) -> ByHand | None:
        """Whether somebody added or removed the customer, or added one merged into it."""
        segment, ordinal = self.segments[key], self.customer.ordinal
        if ordinal in segment.removes:
            return "removed"
        adds = follow(segment.adds - segment.removes, self.customer.survivors)
        return "added" if ordinal in adds else None

    def own(self, key: str) -> bool:
        """What the definition or the list says by itself."""
        tree, static = self.tree(key), self.segments[key].static
        if tree:
            return self.answer(tree[0])
        return self.customer.ordinal in follow(static or BitMap(), self.customer.survivors)

    def _on_list(self, key: str) -> bool | None:
        return None if self.segments[key].static is None else self.own(key)

    def answer(self, one: Placed) -> bool:
        """Whether a node is true."""
        people = self.customer.customers
        return bool(members_by(one.formula, self.findings, self.outcomes, people))

    def _look_ahead(self, key: str) -> Timeline | None:
        tree, definition = self.tree(key), self.segments[key].definition
        if tree and definition is not None:
            self.ahead[key] = Foresight(
                evidence=self.evidence,
                answers={one: bool(found) for one, found in self.findings.members.items()},
                now=self.now,
                zone=ZoneInfo(definition.timezone),
                segments=self.timelines,
                ranks={
                    one: self.customer.ordinal in ranking.members
                    for one, ranking in self.standings.rankings.items()
                },
            )
        if not tree or self.by_hand(key) is not None:
            return Timeline(start=self.is_in(key))
        return self.ahead[key].of(tree[0])

    def told(self, key: str, wording: Wording) -> Explained | DefinitionError:
        """The explanation of one segment, or its refusal."""
        outcome = self.outcomes[key]
        if isinstance(outcome, Refused):
            return outcome.error
        definition, is_in = self.segments[key].definition, bool(outcome.members)
        zone = ZoneInfo("UTC" if definition is None else definition.timezone)
        flips_at = first_flip(self.timelines[key])
        return Explained(
            key=key,
            now=self.now,
            is_in=is_in,
            own=self.own(key),
            by_hand=self.by_hand(key),
            note=reasons.say_note(self.by_hand(key), self._on_list(key), wording),
            nodes=() if definition is None else tuple(self._nodes(key, definition, wording)),
            flips_at=flips_at,
            later=reasons.say_move(is_in, flips_at, wording, zone),
        )

    def _nodes(self, key: str, definition: Definition, wording: Wording) -> Iterator[NodeExplained]:
        zone = ZoneInfo(definition.timezone)
        said = say_sentences(definition, wording)
        for sentence, one in zip(said, self.tree(key), strict=True):
            answer, reason = self.answer(one), self._reason(one, zone)
            flips_at = first_flip(self.ahead[key].of(one))
            yield NodeExplained(
                pointer=sentence.pointer,
                depth=sentence.depth,
                text=sentence.text,
                folded=sentence.folded,
                answer=answer,
                reason=reason,
                because=say_reason(reason, one.node, wording, zone),
                flips_at=flips_at,
                later=reasons.say_flip(answer, flips_at, wording, zone),
            )

    def _reason(self, one: Placed, zone: ZoneInfo) -> Reason | None:
        match one.node, one.formula:
            case nodes.Trait(term=term), _:
                return self.evidence.of_trait(term.path)
            case nodes.Held() as held, _:
                return self.evidence.of_held(held, Frame(now=self.now, zone=zone))
            case nodes.Sample(salt=salt), _:
                return draw_of(self.customer, salt)
            case _, Ranked() as ranked:
                return place_of(
                    self.customer,
                    self.findings.found[ranked.figure],
                    ranked,
                    self.standings.rankings[ranked],
                    is_among=self.answer(placed_below(one)[0]),
                )
            case nodes.InSegment(key=key), _:
                return SegmentReason(key=key, is_in=self.is_in(key), by_hand=self.by_hand(key))
            case nodes.Not(child=nodes.InSegment()), _:
                return self._reason(placed_below(one)[0], zone)
            case _, Leaf(condition=EventCondition() as condition):
                window = getattr(one.node, "window", None)
                return self.evidence.of_events(condition, events_interval(window, self.now, zone))
            case _, Leaf(condition=condition) if isinstance(condition, Told):
                return walk_reason(condition, self.evidence.rows)
        return None


def say_reason(reason: Reason | None, node: Node, wording: Wording, zone: ZoneInfo) -> str:
    """The reason in a few words; empty without one."""
    match reason, node:
        case TraitReason(value=value, since=since), _:
            return reasons.say_value(value, since, wording, zone)
        case HeldReason(value=value, holds=holds, since=since), _:
            return standing.say_held(value, holds, since, wording, zone)
        case RankReason(is_among=is_among, figure=own, ranked=ranked, last_in=last), _:
            return standing.say_place(is_among, own, ranked, last, wording)
        case SampleReason(draw=draw), nodes.Sample(share=share):
            return standing.say_draw(draw, share, wording)
        case SegmentReason(is_in=is_in, by_hand=by_hand), _:
            return reasons.say_belonging(is_in, by_hand, wording)
        case EventsReason(first_ever=at), nodes.FirstDid():
            return reasons.say_edge("first", at, wording, zone)
        case EventsReason(last_ever=at), nodes.LastDid() | nodes.Stopped():
            return reasons.say_edge("last", at, wording, zone)
        case EventsReason(count=count, figure=figure), nodes.Aggregate(function=function):
            return reasons.say_figure(function, figure, count, wording)
        case EventsReason(count=count, newest=newest, last_ever=last_ever), _:
            return reasons.say_done(count, newest, last_ever, wording, zone)
    if isinstance(node, nodes.Walk) and (reason is None or isinstance(reason, WalkReason)):
        return say_walk_reason(reason, node, wording, zone)
    return ""
