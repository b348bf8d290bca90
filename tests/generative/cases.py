"""Workspaces and the definitions that are judged in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

from hypothesis import strategies as st

from catalogue.definitions import nodes
from catalogue.definitions.errors import DefinitionError
from catalogue.definitions.nodes import (
    Comparator,
    Comparison,
    Definition,
    EventSelector,
    Node,
    Operator,
)
from catalogue.engine.given_segments import GivenSegment
from catalogue.engine.reference import reference_members
from catalogue.warehouse.given import GivenChange, GivenCustomer, GivenEvent, World
from tests.generative.moments import DURATIONS, MOMENT_POOL, SMALL_STEPS, Moment, instant
from tests.generative.operands import Ground, term, window
from tests.generative.values import THEMES, any_value, themed_value

TRAITS = ("a", "b", "c", "d")
PROPS = ("v", "w")
EVENTS = ("login", "login", "logout", "paid")
CUSTOMERS = tuple(f"c{place}" for place in range(14))
SEGMENTS = tuple(f"s{place}" for place in range(10))


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


def cases() -> st.SearchStrategy[Case]:
    """A workspace and ten segments. Hypothesis draws the seed and nothing else: its own choices
    lean to the small and the same, and coverage needs them even."""
    return st.randoms(use_true_random=True).map(case)


def case(rng: Random) -> Case:
    """The case of a seed."""
    moment = rng.choice(MOMENT_POOL)
    themes = {name: rng.choice(THEMES) for name in TRAITS}
    themes |= {"v": rng.choice(["numbers"] * 4 + [*THEMES]), "w": rng.choice(THEMES)}
    ground = Ground(moment=moment, themes=themes)
    customers = tuple(_customer(rng, ground, place) for place in range(len(CUSTOMERS)))
    world = World(customers=customers).at(moment.now)
    segments = {key: _telling(rng, ground, world, place) for place, key in enumerate(SEGMENTS)}
    return Case(moment=moment, world=world, segments=segments)


# ── workspaces


def _customer(rng: Random, ground: Ground, place: int) -> GivenCustomer:
    fate = rng.randrange(14)
    # Merges point to earlier customers, so they never run in a circle.
    into = rng.choice(CUSTOMERS[:place]) if fate == 0 and place else None
    return GivenCustomer(
        id=CUSTOMERS[place],
        changes=tuple(_changes(rng, ground)),
        events=tuple(_event(rng, ground) for _ in range(rng.choice([0, 1, 2, 3, 3, 4, 5]))),
        deleted=fate == 1,
        merged_into=into,
    )


def _value(rng: Random, ground: Ground, name: str) -> object:
    if rng.random() < 0.25:
        return any_value(rng, ground.moment)
    return themed_value(rng, ground.moment, ground.themes[name])


def _changes(rng: Random, ground: Ground) -> list[GivenChange]:
    changes = []
    for trait in TRAITS:
        fate = rng.randrange(8)
        if fate > 1:
            changes.append(GivenChange(trait=trait, value=_value(rng, ground, trait)))
        for _ in range(HISTORIES[fate]):
            value, since = _value(rng, ground, trait), _since(rng, ground.moment)
            changes.append(GivenChange(trait=trait, value=value, at=since))
        if fate == 1:
            # The same value once more is no change.
            changes.append(replace(changes[-1], at=_since(rng, ground.moment)))
    return changes


HISTORIES = [1, 2, 2, 3, 1, 0, 0, 0]


def _since(rng: Random, moment: Moment) -> datetime:
    # What a trait is now is decided at now, and how long it has been that at the edges.
    anchors = [moment.now, rng.choice(moment.edges[2:5])]
    return rng.choice([instant(rng, moment), *(one + rng.choice(SMALL_STEPS) for one in anchors)])


def _event(rng: Random, ground: Ground) -> GivenEvent:
    names = rng.choice([(), ("v",), ("v",), ("v", "w"), ("v", "w"), ("v", "w"), ("w",)])
    late = rng.random() < 0.1
    return GivenEvent(
        name=rng.choice(EVENTS),
        at=instant(rng, ground.moment),
        id=rng.choice(["e1", "e2"]) if rng.random() < 0.15 else None,
        props={name: _value(rng, ground, name) for name in names},
        received=ground.moment.now + rng.choice(RECEIVED) if late else None,
    )


RECEIVED = [timedelta(days=-1), timedelta(0), timedelta(microseconds=1)]


# ── definitions


def _telling(rng: Random, ground: Ground, world: World, place: int) -> GivenSegment:
    """A segment; one that alone would hold nobody or everybody is mostly drawn again."""
    for _ in range(2):
        segment = _segment(rng, ground, place)
        members = reference_members({"s": segment}, world, ground.moment.now)["s"]
        if isinstance(members, DefinitionError) or 0 < len(members) < len(world.live()):
            break
    return segment


def _segment(rng: Random, ground: Ground, place: int) -> GivenSegment:
    """A segment that may be built on the ones before it."""
    manual = rng.random() < 0.12
    adds, removes = (_people(rng, 2) if manual else () for _ in range(2))
    if rng.random() < 0.04:
        return GivenSegment(static=_people(rng, 8), adds=adds, removes=removes)
    zone = "UTC" if rng.random() < 0.1 else ground.moment.zone
    definition = Definition(where=_tree(rng, ground, place, 3), timezone=zone)
    return GivenSegment(definition=definition, adds=adds, removes=removes)


def _people(rng: Random, most: int) -> tuple[str, ...]:
    return tuple(rng.choices((*CUSTOMERS, "stranger"), k=rng.randint(0, most)))


def _tree(rng: Random, ground: Ground, place: int, depth: int) -> Node:
    shape = rng.choice(SHAPES)
    if depth == 0 or shape is None:
        return condition(rng, ground, place)
    if shape is nodes.Not:
        return nodes.Not(child=_tree(rng, ground, place, depth - 1))
    size = rng.choice([1, 2, 3, 3, 4])
    return shape(children=tuple(_tree(rng, ground, place, depth - 1) for _ in range(size)))


SHAPES = [None] * 4 + [nodes.All] + [nodes.Not, nodes.All, *[nodes.Any] * 4, nodes.None_]
HEADS = (
    *["trait"] * 11,
    *("did", "did_not", "count", "first_did", "last_did"),
    *("sum", "avg", "min", "max", "count_distinct"),
    "in_segment",
    *("held", "held", "top", "bottom"),
)


def condition(rng: Random, ground: Ground, place: int) -> Node:
    """One condition of any head; segments before `place` may be built on."""
    if rng.random() < 0.015:
        return nodes.Everyone()
    if rng.random() < 0.015:
        return sample(rng)
    head = rng.choice(HEADS)
    if head == "in_segment":
        return nodes.InSegment(key=_reference(rng, place))
    if head == "trait":
        return nodes.Trait(term=term(rng, ground, TRAITS))
    if head == "held":
        return held(rng, ground)
    if head in ("top", "bottom"):
        return rank(rng, ground, place, head)
    return _event_condition(rng, ground, head)


def held(rng: Random, ground: Ground) -> nodes.Held:
    """How long an operator has held on a trait."""
    wanted = term(rng, ground, TRAITS)
    if rng.random() < 0.3:
        # Of most values, so that more depends on the history.
        wanted = nodes.Term(path=(rng.choice(TRAITS),), operator=Operator.IS_SET, operand=True)
    return nodes.Held(
        term=wanted,
        lasting=rng.choice(["for_at_least", "for_less_than"]),
        duration=rng.choice([*DURATIONS, *DURATIONS[1:4], *DURATIONS[1:4]]),
    )


def rank(rng: Random, ground: Ground, place: int, head: str) -> nodes.Rank:
    """A ranking of everyone, or of those of another condition."""
    among = nodes.Everyone() if rng.random() < 0.4 else _tree(rng, ground, place, 1)
    make = nodes.Top if head == "top" else nodes.Bottom
    return make(size=rng.choice(SIZES), by=measure(rng, ground), among=among)


SIZES = [1, 1, 2, 3, *(nodes.Share(percent=Decimal(n)) for n in ("10", "12.5", "33.3", "50"))]


def measure(rng: Random, ground: Ground) -> nodes.Measure:
    """What is ranked by, of any kind."""
    function = rng.choice(MEASURES)
    if function == "trait":
        return nodes.TraitMeasure(path=rng.choice([(t,) for t in TRAITS] + [("a", "in", "n")]))
    span = window(rng, ground.moment, of_events=True) if rng.random() < 0.35 else None
    prop = () if function == "count" else rng.choice([("v",), ("v",), ("w",), ("v", "in", "n")])
    events = _selector(rng, ground)
    if rng.random() < 0.75:
        events = replace(events, where=())
    return nodes.EventMeasure(function=function, events=events, prop=prop, window=span)


MEASURES = ("trait", "count", "count", "count", "sum", "avg", "avg", "min", "max", "count_distinct")


def sample(rng: Random) -> nodes.Sample:
    """A part of all customers by their ids."""
    percent = rng.choice(["0", "12.5", "50", "73.0", "99.9", "100", "33.333"])
    return nodes.Sample(share=nodes.Share(percent=Decimal(percent)), salt=rng.choice(SALTS))


SALTS = ["sample", "sample", "exp-12", "é:"]


def _reference(rng: Random, place: int) -> str:
    # Now and then a segment that is nowhere, or a circle.
    fate = rng.random()
    if fate < 0.02:
        return "nowhere"
    return rng.choice(SEGMENTS if fate < 0.03 else SEGMENTS[: place + 1][:-1] or SEGMENTS)


def _event_condition(rng: Random, ground: Ground, head: str) -> Node:
    events = _selector(rng, ground)
    span = window(rng, ground.moment, of_events=True) if rng.random() < 0.88 else None
    match head:
        case "did":
            return nodes.Did(events=events, window=span, times=rng.choice(TIMES))
        case "did_not":
            return nodes.DidNot(events=events, window=span)
        case "count":
            return nodes.Count(
                events=events, window=span, comparison=_comparison(rng, [0, 1, 1, 2, 3])
            )
        case "first_did":
            return nodes.FirstDid(events=events, window=span)
        case "last_did":
            return nodes.LastDid(events=events, window=span)
    return nodes.Aggregate(
        function=head,
        prop=rng.choice([("v",), ("v",), ("v",), ("w",), ("v", "in", "n")]),
        events=events,
        window=span,
        comparison=_comparison(rng, [0, 1, 1, 2, 3] if head == "count_distinct" else BOUNDS),
    )


BOUNDS = [0, 1, 2, 2.5, 10, 12, 0.1, 0.3, 3.333333, 24]


def _times(**bounds: int) -> tuple[Comparison, ...]:
    return tuple(Comparison(comparator=Comparator(name), bound=n) for name, n in bounds.items())


TIMES = [(), (), _times(gte=2), _times(lte=1), _times(eq=1), _times(gte=1, lt=3), _times(neq=1)]


def _selector(rng: Random, ground: Ground) -> EventSelector:
    names, prefixes = rng.choice(SELECTIONS)
    count = rng.choice([0, 0, 0, 1, 1, 2])
    where = tuple(term(rng, ground, PROPS) for _ in range(count))
    return EventSelector(names=names, prefixes=prefixes, where=where)


SELECTIONS: list[tuple[tuple[str, ...], tuple[str, ...]]] = [
    *[(("login",), ())] * 3,
    (("paid",), ()),
    (("login", "paid"), ()),
    *[((), ("log",))] * 2,
    (("login", "paid"), ("log",)),
    ((), ("l", "p")),
    (("unheard", "login"), ()),
]


COMPARATORS = [each for each in Comparator for _ in range(1 if each == "eq" else 2)]


def _comparison(rng: Random, bounds: list[int] | list[int | float]) -> Comparison:
    comparator = rng.choice(COMPARATORS)
    low, high = sorted(rng.choices(bounds, k=2))
    top = high if comparator is Comparator.BETWEEN else None
    return Comparison(comparator=comparator, bound=low, high=top)
