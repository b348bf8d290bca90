"""Whatever is written as a definition is refused with its place and a code, or judged right."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import timedelta

from catalogue.definitions.errors import Code, DefinitionError
from catalogue.definitions.parse import parse_definition
from catalogue.engine.given_segments import GivenSegment
from catalogue.engine.judge_given import judge_given
from catalogue.engine.reference import reference_members
from catalogue.warehouse.given import GivenChange, GivenCustomer, GivenEvent, World
from tests.catalogue.engine.hostile import (
    DATES,
    DURATIONS,
    HELD,
    NAMES,
    NAN,
    NUMBERS,
    OPERATORS,
    OTHERS,
    SQL,
    VALUES,
    WINDOWS,
)
from tests.catalogue.engine.small_world import NOW

REFUSED = {Code.BAD_VALUE, Code.BAD_WINDOW, Code.UNKNOWN_CONDITION}


def read(trees: Mapping[str, object]) -> tuple[dict[str, GivenSegment], Counter[Code]]:
    """What is taken, and how often what is refused for which reason. Everything else fails."""
    taken: dict[str, GivenSegment] = {}
    refused: Counter[Code] = Counter()
    for name, tree in trees.items():
        found = read_one(tree)
        if isinstance(found, DefinitionError):
            assert all(fault.pointer.startswith("/") for fault in found.faults), name
            assert all(fault.message for fault in found.faults), name
            refused.update(fault.code for fault in found.faults)
        else:
            taken[name] = found
    return taken, refused


def read_one(tree: object) -> GivenSegment | DefinitionError:
    try:
        return GivenSegment(definition=parse_definition(tree))
    except DefinitionError as error:
        return error


def differing(segments: Mapping[str, GivenSegment], world: World) -> list[str]:
    """Where engine and oracle disagree, for people."""
    known = world.at(NOW)
    engine, oracle = judge_given(segments, known, NOW), reference_members(segments, known, NOW)
    return [
        f"{key}: engine {said(engine[key])}, oracle {said(oracle[key])}"
        for key in segments
        if said(engine[key]) != said(oracle[key])
    ]


def said(answer: object) -> object:
    return str(answer.code) if isinstance(answer, DefinitionError) else sorted(answer)  # type: ignore[call-overload]


def written(operator: str, value: object) -> str:
    return f"{operator}: {value!r}"[:120]


def happened(value: object) -> GivenEvent:
    """An event with the value. Sums leave out what has more than 20 digits before the point."""
    is_huge = isinstance(value, float) and abs(value) >= 1e20
    props = {"value": None if is_huge else value}
    return GivenEvent(name="happened", at=NOW - timedelta(days=1), props=props)


WORLD = World(
    customers=tuple(
        GivenCustomer(
            id=f"{place} {value!r}"[:40],
            changes=(GivenChange(trait="value", value=value),),
            events=(happened(value),),
        )
        for place, value in enumerate(HELD)
    )
)


def test_every_operator_on_every_hostile_value_is_refused_or_right_on_all_data() -> None:
    trees = {
        written(operator, value): {"trait": "value", operator: value}
        for operator in OPERATORS
        for value in VALUES
    }
    taken, refused = read(trees)
    assert len(taken) > 900
    assert refused.keys() <= REFUSED
    assert differing(taken, WORLD) == []


HEADS: list[dict[str, object]] = [
    {"count": "happened"},
    {"sum": "value", "of": "happened"},
    {"max": "value", "of": "happened"},
    {"count_distinct": "value", "of": "happened"},
]
BOUNDS: list[object] = [*NUMBERS, "1", "", None, True, [], [1, 2], [2, 1], [NAN, 1], {}, [1, 2, 3]]


def test_every_figure_with_every_hostile_bound_or_window_is_refused_or_right() -> None:
    bounds = {
        written(f"{head} {comparator}", bound): {**head, comparator: bound}
        for head in HEADS
        for comparator in ("eq", "neq", "gt", "lte", "between")
        for bound in BOUNDS
    }
    windows = {
        written(f"did {window}", value): {"did": "happened", window: value}
        for window in (*WINDOWS, "since_start_of_day", "times", "where")
        for value in (*DURATIONS, *DATES, *OTHERS, *NUMBERS)
    }
    taken, refused = read({**bounds, **windows})
    assert len(taken) > 200
    assert refused.keys() <= {*REFUSED, Code.UNKNOWN_OPERATOR}
    assert differing(taken, WORLD) == []


def test_names_are_names_whatever_they_look_like() -> None:
    world = World(
        customers=tuple(
            GivenCustomer(
                id=name,
                changes=(GivenChange(trait=name, value=SQL),),
                events=(GivenEvent(name=name, at=NOW - timedelta(days=1), props={name: name}),),
            )
            for name in NAMES
        )
    )
    trees: dict[str, object] = {}
    for name in NAMES:
        path = quoted(name)
        happened: dict[str, object] = {"did": name, "where": [{"prop": path, "is": name}]}
        trees |= {f"trait {name}": {"trait": path, "is": SQL}, f"event {name}": happened}
    taken, refused = read(trees)
    # A star at the end is a prefix, so there is no event of that name alone.
    assert (set(trees) - set(taken), set(refused)) <= ({"event *"}, {Code.BAD_VALUE})
    assert differing(taken, world) == []
    found = judge_given(taken, world.at(NOW), NOW)
    assert {key: said(answer) for key, answer in found.items() if "*" not in key} == {
        key: [key.partition(" ")[2]] for key in found if "*" not in key
    }


def quoted(name: str) -> str:
    """A path of that one name."""
    inside = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{inside}"'


def test_a_definition_as_large_as_may_be_is_judged() -> None:
    events = [{"count": "happened", "gte": n % 4, "in_last": f"{n} hours"} for n in range(1, 200)]
    traits: list[object] = [{"trait": "value", "is": n} for n in range(100)]
    texts: list[object] = [{"trait": "value", "contains": f"x{n}"} for n in range(100)]
    where = [{"did": "happened", "where": [{"prop": "value", "is": n}]} for n in range(90)]
    widest = {"any": [*events, *traits, *texts, *where]}
    deepest: dict[str, object] = {"trait": "value", "is": "pro"}
    for _ in range(19):
        deepest = {"not": deepest}
    many = {"trait": "value", "in": [f"v{n}" for n in range(9_999)] + ["pro"]}
    taken, refused = read({"widest": widest, "deepest": deepest, "many": many})
    assert not refused
    assert differing(taken, WORLD) == []
