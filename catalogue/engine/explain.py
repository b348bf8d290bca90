"""Why one customer (or account) is in a segment or not: the tree of its definition with yes or no
at each node, judged by the real scans over its rows, and what decided it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from pyroaring import BitMap

from catalogue.definitions import nodes
from catalogue.definitions.describe import Labels, say_sentences
from catalogue.definitions.english import reasons, standing
from catalogue.definitions.english.wording import Wording
from catalogue.definitions.errors import DefinitionError
from catalogue.definitions.nodes import Definition, Node, Subject
from catalogue.definitions.subjects import trait_subject
from catalogue.engine.account_evidence import MembersReason, NoAccountReason
from catalogue.engine.bitmaps import follow
from catalogue.engine.circle import circle_of
from catalogue.engine.conditions.events import EventCondition
from catalogue.engine.conditions.terms import Frame
from catalogue.engine.conditions.traits import TraitCondition
from catalogue.engine.evaluate import compose, find, members_by, plan_of
from catalogue.engine.evidence import (
    ByHand,
    EventsReason,
    HeldReason,
    SegmentReason,
    TraitReason,
)
from catalogue.engine.evidence import Reason as OwnReason
from catalogue.engine.faults import told
from catalogue.engine.flips import Foresight, Timeline, first_flip
from catalogue.engine.inputs import Judged, Refused, SegmentInput
from catalogue.engine.intervals import events_interval
from catalogue.engine.one_customer import OneCustomer
from catalogue.engine.own_evidence import evidence_in
from catalogue.engine.placed import Placed, placed, placed_below
from catalogue.engine.plan import Among, Leaf
from catalogue.engine.population import Population
from catalogue.engine.ranking import Ranked
from catalogue.engine.scans import Condition
from catalogue.engine.standings import RankReason, SampleReason, draw_of, place_of, standings
from catalogue.engine.walks.of_one import Told
from catalogue.engine.walks.reasons import WalkReason, walk_reason
from catalogue.engine.walks.saying import say_walk_reason
from catalogue.warehouse.tables import Tables

Reason = OwnReason | MembersReason | NoAccountReason


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeExplained:
    """One node of the tree for one customer or account. `pointer`, `depth`, `text`, `folded` as in
    `describe.Sentence`. `answer`: whether it is true; None of what is asked of the customers of the
    account, each for themselves. `reason`: what decided it, of a condition; of what is asked of
    customers, of how many it is true. `because` says that in a few words, else it is empty.
    `flips_at`: the first instant after now at
    which the answer is the other one if nothing more is said or done; None when it never changes
    so, or when that is not known. `later` says that in a few words, else it is empty."""

    pointer: str
    depth: int
    text: str
    folded: bool
    answer: bool | None
    reason: Reason | None
    because: str
    flips_at: datetime | None
    later: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """One customer, or account, and one segment as of `now`. `is_in`: the final answer. `own`: what
    the definition alone (or the static list) says; `by_hand` beats it (clause 25), and `note` says
    so in a sentence. `nodes` are in the order of the document; a static list has none. `flips_at`,
    as of a node, is of the final answer, and `later` says it in a sentence."""

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
    subject: Subject = "customer",
    should_stop: Callable[[], bool] | None = None,
) -> dict[str, Explained | DefinitionError]:
    """Explain one live customer, or account, in the segments `keys` (None: in all that hold such)
    of `segments`, which hold all that they refer to, as of one aware `now` on one photo. A segment
    that cannot be judged has its refusal instead. `should_stop` is asked before each scan, and
    raises Stopped, as an interruption of the back end does. Raises ScanFailed when the data cannot
    be read."""
    with told():
        case = _Case(segments, ordinal, tables, now, subject, should_stop)
    wording = Wording(labels=labels or Labels())
    every = [key for key, segment in segments.items() if segment.subject == subject]
    return {key: case.told(key, wording) for key in (every if keys is None else keys)}


class _Case:
    """One customer or account judged in some segments, with everything that decided it."""

    def __init__(
        self,
        segments: Mapping[str, SegmentInput],
        ordinal: int,
        tables: Tables,
        now: datetime,
        subject: Subject,
        should_stop: Callable[[], bool] | None,
    ) -> None:
        self.segments, self.ordinal, self.subject, self.now = segments, ordinal, subject, now
        self.planned = plan_of(segments, now)
        self.circle = circle_of(tables, ordinal, subject, self.planned, now=now)
        everybody = self.circle.everybody
        keep = not self.circle.is_wide
        self.findings = find(
            self.planned.conditions,
            everybody,
            now=now,
            keep_figures=keep,
            should_stop=should_stop,
        )
        self.customer = OneCustomer(tables, ordinal)
        self.standings = standings(segments, self.planned, tables, now=now)
        self.findings.settled = self.standings.rankings
        self.findings.errors |= self.standings.errors
        self.outcomes = compose(segments, self.planned, self.findings, everybody)
        self.population = Population.of_tables(everybody, self.findings.accounts)
        own = [one for key in self.judged for one in self.tree(key) if not one.of_many]
        self.evidence = evidence_in(self.circle, own, self.findings, tables, now=now)
        self.ahead: dict[str, Foresight] = {}
        self.timelines: dict[str, Timeline | None] = {}
        for key in self.judged:  # children before parents
            self.timelines[key] = self._look_ahead(key)

    @property
    def judged(self) -> list[str]:
        """The segments that could be judged and hold such as is explained, those built on before
        those that build on them."""
        return [
            key
            for key in self.planned.order
            if isinstance(self.outcomes[key], Judged) and self.segments[key].subject == self.subject
        ]

    def tree(self, key: str) -> list[Placed]:
        """The nodes of a segment's definition; none of a static list."""
        definition, formula = self.segments[key].definition, self.planned.formulas[key]
        if definition is None or formula is None:
            return []
        return list(placed(definition.where, formula, definition.subject))

    def is_in(self, key: str) -> bool:
        """The final answer."""
        outcome = self.outcomes[key]
        return isinstance(outcome, Judged) and self.ordinal in outcome.members

    def _survivor_of(self, given: BitMap) -> BitMap:
        is_customer = self.subject == "customer"
        return follow(given, self.circle.everybody.survivors) if is_customer else given

    def by_hand(self, key: str) -> ByHand | None:
        """Whether somebody added or removed the customer, or added one merged into it."""
        segment = self.segments[key]
        if self.ordinal in segment.removes:
            return "removed"
        return (
            "added" if self.ordinal in self._survivor_of(segment.adds - segment.removes) else None
        )

    def own(self, key: str) -> bool:
        """What the definition or the list says by itself."""
        tree, static = self.tree(key), self.segments[key].static
        if tree:
            return self.answer(tree[0])
        if self.segments[key].part is not None:
            return self.is_in(key)
        return self.ordinal in self._survivor_of(static or BitMap())

    def _on_list(self, key: str) -> bool | None:
        return None if self.segments[key].static is None else self.own(key)

    def _members(self, one: Placed) -> BitMap:
        """Of whom a node is true, among everybody looked at."""
        return members_by(one.formula, self.findings, self.outcomes, self.population, one.about)

    def answer(self, one: Placed) -> bool:
        """Whether a node is true of the customer or account."""
        return self.ordinal in self._members(one)

    def _look_ahead(self, key: str) -> Timeline | None:
        tree, definition = self.tree(key), self.segments[key].definition
        if tree and definition is not None:
            self.ahead[key] = Foresight(
                evidence=self.evidence,
                answers={one: self._is_true(one) for one in self.findings.members},
                of_customers={
                    one.pointer: self.answer(one) for one in tree if isinstance(one.formula, Among)
                },
                now=self.now,
                zone=ZoneInfo(definition.timezone),
                segments=self.timelines,
                ranks={
                    one: self.ordinal in ranking.members
                    for one, ranking in self.standings.rankings.items()
                },
            )
        if not tree or self.by_hand(key) is not None:
            return Timeline(start=self.is_in(key))
        return self.ahead[key].of(tree[0])

    def _is_true(self, condition: Condition) -> bool:
        """Whether a condition is true of the customer, or of the account."""
        found, account = self.findings.members[condition], self.circle.account
        if isinstance(condition, TraitCondition) and condition.subject == "account":
            return account is not None and account in found
        return self.ordinal in found

    def told(self, key: str, wording: Wording) -> Explained | DefinitionError:
        """The explanation of one segment, or its refusal."""
        outcome = self.outcomes[key]
        if isinstance(outcome, Refused):
            return outcome.error
        definition, is_in = self.segments[key].definition, self.is_in(key)
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
            answer, reason = None if one.of_many else self.answer(one), self._reason(one, zone)
            flips_at = None if one.of_many else first_flip(self.ahead[key].of(one))
            yield NodeExplained(
                pointer=sentence.pointer,
                depth=sentence.depth,
                text=sentence.text,
                folded=sentence.folded,
                answer=answer,
                reason=reason,
                because=say_reason(reason, one.node, wording, zone),
                flips_at=flips_at,
                later=reasons.say_flip(answer is True, flips_at, wording, zone),
            )

    def _reason(self, one: Placed, zone: ZoneInfo) -> Reason | None:
        if one.of_many or isinstance(one.formula, Among):
            return self._of_customers(one)
        match one.node, one.formula:
            case (nodes.Trait() | nodes.AccountTrait()) as node, _:
                return self._of_trait(node, one.about)
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
            case nodes.InSegment(target=key), _:
                return SegmentReason(key=key, is_in=self.is_in(key), by_hand=self.by_hand(key))
            case nodes.Not(child=nodes.InSegment()), _:
                return self._reason(placed_below(one)[0], zone)
            case _, Leaf(condition=EventCondition() as condition):
                window = getattr(one.node, "window", None)
                return self.evidence.of_events(condition, events_interval(window, self.now, zone))
            case _, Leaf(condition=condition) if isinstance(condition, Told):
                return walk_reason(condition, self.evidence.rows)
        return None

    def _of_trait(self, node: nodes.Trait | nodes.AccountTrait, about: Subject) -> Reason:
        of_account = trait_subject(node, about) == "account"
        evidence = self.evidence.of_account if of_account else self.evidence
        return NoAccountReason() if evidence is None else evidence.of_trait(node.term.path)

    def _of_customers(self, one: Placed) -> Reason:
        """Of how many of the account's customers it is true."""
        if self.circle.account is None:
            return NoAccountReason()
        asked = one if one.of_many else placed_below(one)[0]
        customers = self.circle.customers
        return MembersReason(fits=len(self._members(asked) & customers), of=len(customers))


def say_reason(reason: Reason | None, node: Node, wording: Wording, zone: ZoneInfo) -> str:
    """The reason in a few words; empty without one."""
    match reason, node:
        case MembersReason(fits=fits, of=of), _:
            return reasons.say_fits(fits, of, wording)
        case NoAccountReason(), _:
            return reasons.say_no_account(wording)
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
