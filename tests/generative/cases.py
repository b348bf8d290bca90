"""Workspaces and the definitions that are judged in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
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
    Subject,
)
from catalogue.engine.given_segments import GivenSegment
from catalogue.engine.reference import reference_members
from catalogue.warehouse.given import GivenChange, GivenCustomer, GivenEvent, World
from tests.generative.accounts import (
    ABOUT_ACCOUNTS,
    ACCOUNTS,
    OF_CUSTOMERS,
    account_condition,
    accounts,
    subject_of,
)
from tests.generative.accounts import HEADS as OF_ACCOUNTS
from tests.generative.moments import DURATIONS, MOMENT_POOL, SMALL_STEPS, Moment, instant
from tests.generative.operands import Ground, term, window
from tests.generative.values import THEMES, any_value, themed_value
from tests.generative.walks import walk, with_echoes

TRAITS = ("a", "b", "c", "d")
PROPS = ("v", "w")
EVENTS = ("login", "login", "logout", "paid")
CUSTOMERS = tuple(f"c{place}" for place in range(14))
SEGMENTS = tuple(f"s{place}" for place in range(12))
WALKS = tuple(f"w{place}" for place in range(10))


@dataclass(frozen=True, kw_only=True)
class Case:
    """Segments of a dozen customers, and some of their accounts, judged at one instant."""

    moment: Moment
    world: World
    segments: Mapping[str, GivenSegment]

    @property
    def now(self) -> datetime:
        """When it is judged."""
        return self.moment.now


def cases() -> st.SearchStrategy[Case]:
    """A workspace and its segments. Hypothesis draws the seed and nothing else: its own choices
    lean to the small and the same, and coverage needs them even."""
    return st.randoms(use_true_random=True).map(case)


def case(rng: Random) -> Case:
    """The case of a seed."""
    moment = rng.choice(MOMENT_POOL)
    themes = {name: rng.choice(THEMES) for name in TRAITS}
    themes |= {"v": rng.choice(["numbers"] * 4 + [*THEMES]), "w": rng.choice(THEMES)}
    ground = Ground(moment=moment, themes=themes)
    customers = tuple(_customer(rng, ground, place) for place in range(len(CUSTOMERS)))
    known = accounts(rng, ground, _changes)
    world = World(customers=customers, accounts=known).at(moment.now)
    segments = {key: _telling(rng, ground, world, place) for place, key in enumerate(SEGMENTS)}
    # Last, so that the other segments of a seed are what they were without these.
    segments |= {key: _of_walks(rng, ground) for key in WALKS}
    customers = tuple(with_echoes(rng, moment, one, EVENTS) for one in world.customers)
    world = World(customers=customers, accounts=known).at(moment.now)
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
        account=rng.choice(OF_CUSTOMERS),
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
        everyone = world.accounts if segment.subject == "account" else world.live()
        if isinstance(members, DefinitionError) or 0 < len(members) < len(everyone):
            break
    return segment


def _segment(rng: Random, ground: Ground, place: int) -> GivenSegment:
    """A segment that may be built on the ones before it."""
    subject = subject_of(place)
    ids = (*(ACCOUNTS if subject == "account" else CUSTOMERS), "stranger")
    manual = rng.random() < 0.12
    adds, removes = (_listed(rng, ids, 2) if manual else () for _ in range(2))
    if adds and rng.random() < 0.5:
        removes = (*removes, adds[0])  # somebody whom both hands reached
    if rng.random() < 0.04:
        listed = _listed(rng, ids, 8)
        return GivenSegment(static=listed, adds=adds, removes=removes, list_of=subject)
    zone = "UTC" if rng.random() < 0.1 else ground.moment.zone
    where = _tree(rng, ground, place, 3, subject)
    definition = Definition(where=where, subject=subject, timezone=zone)
    return GivenSegment(definition=definition, adds=adds, removes=removes)


def _of_walks(rng: Random, ground: Ground) -> GivenSegment:
    """A segment about order or habit."""
    where = walk(rng, ground, _selector, _comparison, TIMES, PROPS)
    fate = rng.random()
    # Mostly alone, so that nothing beside hides what it says.
    if fate < 0.2:
        where = nodes.Not(child=where)
    elif fate < 0.4:
        children = (where, condition(rng, ground, len(SEGMENTS)))
        where = rng.choice([nodes.All, nodes.Any])(children=children)
    definition = Definition(where=where, timezone=ground.moment.zone)
    return GivenSegment(definition=definition)


def _listed(rng: Random, ids: tuple[str, ...], most: int) -> tuple[str, ...]:
    return tuple(rng.choices(ids, k=rng.randint(0, most)))


def _tree(rng: Random, ground: Ground, place: int, depth: int, about: Subject = "customer") -> Node:
    shape = rng.choice(SHAPES)
    if depth == 0 or shape is None:
        return condition(rng, ground, place, about)
    if shape is nodes.Not:
        return nodes.Not(child=_tree(rng, ground, place, depth - 1, about))
    size = rng.choice([1, 2, 3, 3])
    return shape(children=tuple(_tree(rng, ground, place, depth - 1, about) for _ in range(size)))


SHAPES = [None] * 4 + [nodes.All] + [nodes.Not, nodes.All, *[nodes.Any] * 4, nodes.None_]
HEADS = (
    *["trait"] * 11,
    *("did", "did_not", "count", "first_did", "last_did"),
    *("sum", "avg", "min", "max", "count_distinct"),
    "in_segment",
    *("held", "held", "top", "bottom"),
    *OF_ACCOUNTS,
)


def condition(rng: Random, ground: Ground, place: int, about: Subject = "customer") -> Node:
    """One condition of any head; segments before `place` may be built on."""
    if rng.random() < 0.015:
        return nodes.Everyone()
    if about == "customer" and rng.random() < 0.015:
        return sample(rng)
    head = rng.choice(ABOUT_ACCOUNTS if about == "account" else HEADS)
    if head == "in_segment":
        return nodes.InSegment(key=_reference(rng, place, about))
    if head == "trait":
        return nodes.Trait(term=term(rng, ground, TRAITS))
    if head == "held":
        return held(rng, ground)
    if head in ("top", "bottom"):
        return rank(rng, ground, place, head)
    if head in OF_ACCOUNTS or head == "customers":
        below = partial(_tree, rng, ground, place, 1)
        return account_condition(rng, ground, head, TRAITS, below)
    return _event_condition(rng, ground, head)


def held(rng: Random, ground: Ground) -> nodes.Held:
    """How long an operator has held on a trait."""
    return nodes.Held(
        term=term(rng, ground, TRAITS),
        lasting=rng.choice(["for_at_least", "for_less_than"]),
        duration=rng.choice([*DURATIONS, *DURATIONS[1:4], *DURATIONS[1:4]]),
    )


def rank(rng: Random, ground: Ground, place: int, head: str) -> nodes.Rank:
    """A ranking of everyone, or of those of another condition."""
    among = nodes.Everyone() if rng.random() < 0.3 else _tree(rng, ground, place, 1)
    make = nodes.Top if head == "top" else nodes.Bottom
    return make(size=rng.choice(SIZES), by=measure(rng, ground), among=among)


SIZES = [1, 1, 2, 3, *(nodes.Share(percent=Decimal(n)) for n in ("10", "12.5", "33.3", "50"))]


def measure(rng: Random, ground: Ground) -> nodes.Measure:
    """What is ranked by, of any kind."""
    function = rng.choice(MEASURES)
    if function == "trait":
        return nodes.TraitMeasure(path=rng.choice([(t,) for t in TRAITS] + [("a", "in", "n")]))
    span = window(rng, ground.moment, of_events=True) if rng.random() < 0.5 else None
    prop = () if function == "count" else rng.choice([("v",), ("v",), ("w",), ("v", "in", "n")])
    events = _selector(rng, ground)
    if rng.random() < 0.6:
        events = replace(events, where=())
    return nodes.EventMeasure(function=function, events=events, prop=prop, window=span)


MEASURES = ("trait", "count", "count", "sum", "avg", "avg", "min", "max", "count_distinct")


def sample(rng: Random) -> nodes.Sample:
    """A part of all customers by their ids."""
    percent = rng.choice(["0", "12.5", "50", "73.0", "99.9", "100", "33.333"])
    return nodes.Sample(share=nodes.Share(percent=Decimal(percent)), salt=rng.choice(SALTS))


SALTS = ["sample", "sample", "exp-12", "é:"]


def _reference(rng: Random, place: int, about: Subject) -> str:
    # Now and then a segment that is nowhere, a circle, or one that holds something else.
    fate = rng.random()
    if fate < 0.02:
        return "nowhere"
    alike = [key for at, key in enumerate(SEGMENTS) if subject_of(at) == about or fate > 0.95]
    before = [key for key in alike if key in SEGMENTS[:place]]
    return rng.choice(alike if fate < 0.03 else before or alike)


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
