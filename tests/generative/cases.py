"""Workspaces and the definitions that are judged in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from hypothesis import strategies as st

from catalogue.definitions import nodes
from catalogue.definitions.errors import DefinitionError
from catalogue.definitions.nodes import Comparator, Comparison, Definition, EventSelector, Node
from catalogue.engine.given_segments import GivenSegment
from catalogue.engine.reference import reference_members
from catalogue.warehouse.given import GivenChange, GivenCustomer, GivenEvent, World
from tests.generative.moments import MOMENT_POOL, SMALL_STEPS, Moment, instant
from tests.generative.operands import Ground, term, window
from tests.generative.values import THEMES, any_value, themed_value
from tests.generative.walks import walk, with_echoes

TRAITS = ("a", "b", "c", "d")
PROPS = ("v", "w")
EVENTS = ("login", "login", "logout", "paid")
CUSTOMERS = tuple(f"c{place}" for place in range(14))
SEGMENTS = tuple(f"s{place}" for place in range(10))
WALKS = tuple(f"w{place}" for place in range(10))


@dataclass(frozen=True, kw_only=True)
class Case:
    """Twenty segments over a dozen customers, judged at one instant."""

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
    # Last, so that the other segments of a seed are what they were without these.
    segments |= {key: _of_walks(rng, ground) for key in WALKS}
    customers = tuple(with_echoes(rng, moment, one, EVENTS) for one in world.customers)
    world = World(customers=customers).at(moment.now)
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
        if fate > 0:
            changes.append(GivenChange(trait=trait, value=_value(rng, ground, trait)))
        if fate <= 2:
            value, since = _value(rng, ground, trait), _since(rng, ground.moment)
            changes.append(GivenChange(trait=trait, value=value, at=since))
    return changes


def _since(rng: Random, moment: Moment) -> datetime:
    # Only now decides about changes, so half of them are there.
    return rng.choice([instant(rng, moment), moment.now + rng.choice(SMALL_STEPS)])


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


def _people(rng: Random, most: int) -> tuple[str, ...]:
    return tuple(rng.choices((*CUSTOMERS, "stranger"), k=rng.randint(0, most)))


def _tree(rng: Random, ground: Ground, place: int, depth: int) -> Node:
    shape = rng.choice(SHAPES)
    if depth == 0 or shape is None:
        return condition(rng, ground, place)
    if shape is nodes.Not:
        return nodes.Not(child=_tree(rng, ground, place, depth - 1))
    size = rng.choice([1, 2, 3, 3])
    return shape(children=tuple(_tree(rng, ground, place, depth - 1) for _ in range(size)))


SHAPES = [None] * 4 + [nodes.All] + [nodes.Not, nodes.All, *[nodes.Any] * 4, nodes.None_]
HEADS = (
    *["trait"] * 11,
    *("did", "did_not", "count", "first_did", "last_did"),
    *("sum", "avg", "min", "max", "count_distinct"),
    "in_segment",
)


def condition(rng: Random, ground: Ground, place: int) -> Node:
    """One condition of any head; segments before `place` may be built on."""
    if rng.random() < 0.015:
        return nodes.Everyone()
    head = rng.choice(HEADS)
    if head == "in_segment":
        return nodes.InSegment(key=_reference(rng, place))
    if head == "trait":
        return nodes.Trait(term=term(rng, ground, TRAITS))
    return _event_condition(rng, ground, head)


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
