"""Workspaces and the definitions that are judged in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from hypothesis import strategies as st

from catalogue.definitions import nodes
from catalogue.definitions.nodes import Comparator, Comparison, Definition, EventSelector, Node
from catalogue.engine.given_segments import GivenSegment
from catalogue.warehouse.given import GivenChange, GivenCustomer, GivenEvent, World
from tests.generative.moments import Moment, instants, moments
from tests.generative.values import numbers, spans, terms, values

TRAITS = ("a", "b", "c")
PROPS = ("v", "w")
EVENTS = ("login", "logout", "paid")
CUSTOMERS = tuple(f"c{place}" for place in range(12))
DEFINITIONS = tuple(f"s{place}" for place in range(10))


@dataclass(frozen=True, kw_only=True)
class Case:
    """Ten segments over a dozen customers, judged at one instant."""

    moment: Moment
    world: World
    segments: Mapping[str, GivenSegment]

    @property
    def now(self) -> datetime:
        """When it is judged."""
        return self.moment.now


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """A workspace and ten segments."""
    moment = draw(moments)
    world = draw(worlds(moment)).at(moment.now)
    return Case(moment=moment, world=world, segments=draw(libraries(moment)))


# ── workspaces


@st.composite
def worlds(draw: st.DrawFn, moment: Moment) -> World:
    """A dozen customers, one or two of them merged away or deleted."""
    customers = [draw(_customers(name, moment)) for name in CUSTOMERS]
    return World(customers=tuple(customers))


@st.composite
def _customers(draw: st.DrawFn, name: str, moment: Moment) -> GivenCustomer:
    place = CUSTOMERS.index(name)
    fate = draw(st.integers(0, 11))
    # Merges point to earlier customers, so they never run in a circle.
    into = draw(st.sampled_from(CUSTOMERS[:place])) if fate == 0 and place else None
    return GivenCustomer(
        id=name,
        changes=tuple(draw(_changes(moment))),
        events=tuple(draw(st.lists(_events(moment), max_size=4))),
        deleted=fate == 1,
        merged_into=into,
    )


@st.composite
def _changes(draw: st.DrawFn, moment: Moment) -> list[GivenChange]:
    changes = []
    for trait in TRAITS:
        fate = draw(st.integers(0, 7))
        if fate > 0:
            changes.append(GivenChange(trait=trait, value=draw(values(moment))))
        if fate <= 1:
            change_at = draw(instants(moment))
            changes.append(GivenChange(trait=trait, value=draw(values(moment)), at=change_at))
    return changes


@st.composite
def _events(draw: st.DrawFn, moment: Moment) -> GivenEvent:
    names = draw(st.sampled_from([(), ("v",), ("v",), ("w",), ("v", "w")]))
    late = draw(st.integers(0, 9)) == 0
    received = moment.now + draw(st.sampled_from(RECEIVED)) if late else None
    return GivenEvent(
        name=draw(st.sampled_from(EVENTS)),
        at=draw(instants(moment)),
        id=draw(st.sampled_from(EVENT_IDS)),
        props={name: draw(values(moment)) for name in names},
        received=received,
    )


RECEIVED = [timedelta(days=-1), timedelta(0), timedelta(microseconds=1)]
EVENT_IDS = [None] * 8 + ["e1", "e2"]


# ── definitions


@st.composite
def libraries(draw: st.DrawFn, moment: Moment) -> dict[str, GivenSegment]:
    """Segments that may be built on the ones before them."""
    return {key: draw(_segments(place, moment)) for place, key in enumerate(DEFINITIONS)}


@st.composite
def _segments(draw: st.DrawFn, place: int, moment: Moment) -> GivenSegment:
    people = st.sampled_from((*CUSTOMERS, "stranger"))
    some = st.lists(people, max_size=2)
    manual = draw(st.integers(0, 7)) == 0
    adds, removes = (tuple(draw(some)) if manual else () for _ in range(2))
    if draw(st.integers(0, 19)) == 0:
        static = tuple(draw(st.lists(people, max_size=8)))
        return GivenSegment(static=static, adds=adds, removes=removes)
    zone = moment.zone if draw(st.integers(0, 9)) else "UTC"
    where = draw(trees(place, moment, 3))
    definition = Definition(where=where, timezone=zone)
    return GivenSegment(definition=definition, adds=adds, removes=removes)


@st.composite
def trees(draw: st.DrawFn, place: int, moment: Moment, depth: int) -> Node:
    """A tree of conditions; segments before `place` may be built on."""
    shape = draw(st.integers(0, 9))
    if depth == 0 or shape < 5:
        return draw(conditions(place, moment))
    below = trees(place, moment, depth - 1)
    if shape == 5:
        return nodes.Not(child=draw(below))
    group = {6: nodes.All, 7: nodes.Any, 8: nodes.Any, 9: nodes.None_}[shape]
    return group(children=tuple(draw(st.lists(below, min_size=1, max_size=3))))


HEADS = ["trait"] * 5 + ["did"] * 2 + ["did_not", "count", "count", "first_did", "last_did"]
AGGREGATES = ["sum", "avg", "min", "max", "count_distinct"]


@st.composite
def conditions(draw: st.DrawFn, place: int, moment: Moment) -> Node:
    """One condition of any head."""
    head = draw(st.sampled_from([*HEADS, *AGGREGATES, "in_segment", "everyone"]))
    if head == "everyone":
        return nodes.Everyone()
    if head == "in_segment":
        return nodes.InSegment(key=draw(st.sampled_from(_reachable(place))))
    if head == "trait":
        return nodes.Trait(term=draw(terms(TRAITS, moment)))
    return draw(_event_conditions(head, moment))


def _reachable(place: int) -> list[str]:
    # Now and then a segment that is nowhere.
    return [*(DEFINITIONS[:place] * 4), "nowhere"] if place else ["nowhere"]


@st.composite
def _event_conditions(draw: st.DrawFn, head: str, moment: Moment) -> Node:
    events = draw(selectors(moment))
    window = draw(st.none() | spans(moment, of_events=True))
    if head == "did":
        times = draw(st.sampled_from(TIMES))
        return nodes.Did(events=events, window=window, times=times)
    if head == "did_not":
        return nodes.DidNot(events=events, window=window)
    if head == "count":
        comparison = draw(comparisons(st.integers(0, 4)))
        return nodes.Count(events=events, window=window, comparison=comparison)
    if head in ("first_did", "last_did"):
        node = nodes.FirstDid if head == "first_did" else nodes.LastDid
        return node(events=events, window=window)
    bounds = st.integers(0, 4) if head == "count_distinct" else numbers
    return nodes.Aggregate(
        function=head,
        prop=draw(st.sampled_from([("v",), ("v",), ("w",), ("v", "k")])),
        events=events,
        window=window,
        comparison=draw(comparisons(bounds)),
    )


def _times(**bounds: int) -> tuple[Comparison, ...]:
    return tuple(Comparison(comparator=Comparator(name), bound=n) for name, n in bounds.items())


TIMES = [(), (), _times(gte=2), _times(lte=1), _times(eq=1), _times(gte=1, lt=3), _times(neq=1)]


@st.composite
def selectors(draw: st.DrawFn, moment: Moment) -> EventSelector:
    """Names, a prefix or both, and now and then `where`."""
    names, prefixes = draw(st.sampled_from(SELECTIONS))
    where = draw(st.lists(terms(PROPS, moment), max_size=2))
    return EventSelector(names=names, prefixes=prefixes, where=tuple(where))


SELECTIONS: list[tuple[tuple[str, ...], tuple[str, ...]]] = [
    (("login",), ()),
    (("login",), ()),
    (("paid",), ()),
    (("login", "paid"), ()),
    ((), ("log",)),
    (("login", "paid"), ("log",)),
    (("unheard",), ()),
]


@st.composite
def comparisons(draw: st.DrawFn, bounds: st.SearchStrategy[float]) -> Comparison:
    """A comparison with any comparator."""
    comparator = draw(st.sampled_from(list(Comparator)))
    low, high = sorted((draw(bounds), draw(bounds)))
    top = high if comparator is Comparator.BETWEEN else None
    return Comparison(comparator=comparator, bound=low, high=top)
