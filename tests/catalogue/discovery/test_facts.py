"""Facts are conditions of the language; who fits them is what the language says."""

from __future__ import annotations

import numpy as np
import pytest

from catalogue.definitions.canonical import node_data
from catalogue.definitions.nodes import EventSelector
from catalogue.discovery.columns import EventColumn, People, TraitColumn
from catalogue.discovery.facts import Fact, facts_of
from tests.catalogue.discovery.oracle import members_of
from tests.catalogue.discovery.synthetic import world

EVERYBODY = np.ones(400, dtype=bool)


def nodes(people: People, fewest: int = 5) -> list[dict[str, object]]:
    searched = np.ones(len(people.reached), dtype=bool)
    return [node_data(fact.node) for fact in facts_of(people, searched, fewest)]


def one_trait(*values: object, reached: np.ndarray | None = None) -> People:
    goal = np.arange(len(values)) % 2 == 0 if reached is None else reached
    return People(columns=(TraitColumn(path=("v",), values=values),), reached=goal)


@pytest.mark.parametrize("seed", [1, 2])
def test_who_fits_a_fact_and_its_opposite_is_what_the_oracle_says(seed: int) -> None:
    rng = np.random.default_rng(seed)
    people = world(400, rng)
    facts = facts_of(people.people(rng.random(400) < 0.3), EVERYBODY, fewest=20)
    assert len(facts) > 40
    assert_all_kinds(facts)
    fit = members_of([fact.node for fact in facts], people)
    rest = members_of([fact.opposite for fact in facts], people)
    for fact, yes, no in zip(facts, fit, rest, strict=True):
        assert yes.tolist() == fact.mask.tolist()
        assert no.tolist() == (~fact.mask).tolist()


def assert_all_kinds(facts: tuple[Fact, ...]) -> None:
    written = [{*node_data(fact.node), *node_data(fact.opposite)} for fact in facts]
    found = set().union(*written)
    assert found >= {"is", "is_not", "gte", "lt", "is_set", "did", "did_not", "count", "not"}


def test_numbers_are_cut_where_it_tells_most_about_the_goal() -> None:
    values = tuple(range(100)) * 4
    reached = np.array([value >= 37 for value in values])
    cuts = nodes(one_trait(*values, reached=reached))
    assert {"trait": "v", "gte": 37} in cuts
    # Cut into tenths besides, for what tells only together with something else.
    assert len(cuts) == 10


def test_true_is_not_one() -> None:
    mixed = one_trait(*(True, 1, "1") * 10)
    assert nodes(mixed) == [
        {"trait": "v", "is": True},
        {"trait": "v", "is": 1},
        {"trait": "v", "is": "1"},
    ]
    masks = [fact.mask.sum() for fact in facts_of(mixed, np.ones(30, dtype=bool), 5)]
    assert masks == [10, 10, 10]


def test_what_parts_too_few_people_is_no_fact() -> None:
    assert nodes(one_trait(*["a"] * 40, *["b"] * 4)) == []
    assert nodes(one_trait(*["a"] * 40, *["b"] * 5)) == [
        {"trait": "v", "is": "a"},
        {"trait": "v", "is": "b"},
    ]


def test_events_are_counted_from_two_on_and_else_done_or_not() -> None:
    counts = np.array([0, 1, 2, 3] * 20)
    column = EventColumn(events=EventSelector(names=("login",)), window=None, counts=counts)
    people = People(columns=(column,), reached=counts >= 2)
    assert nodes(people)[0] == {"did": "login"}
    assert {"count": "login", "gte": 2} in nodes(people)
    assert {"count": "login", "gte": 1} not in nodes(people)
