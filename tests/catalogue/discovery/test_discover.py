"""Planted groups are found as they were planted, and among people without any none is reported."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from catalogue.definitions.canonical import node_data
from catalogue.definitions.errors import DefinitionError
from catalogue.definitions.nodes import All, Node
from catalogue.definitions.parse import parse_definition
from catalogue.discovery.columns import People, TraitColumn
from catalogue.discovery.discover import Discovery, Found, discover, half_of
from tests.catalogue.discovery.synthetic import World, world

BASE = 0.15


@dataclass(frozen=True, slots=True, kw_only=True)
class Planted:
    """A group, its true rate, and what of its definition has to be found."""

    mask: np.ndarray
    rate: float
    heads: set[str]


def planted_in(people: World) -> list[Planted]:
    """Two groups that reach the goal more often and one that does less; where they overlap, the
    first one decides."""
    first = (people.country == "DE") & (people.plan == "pro")
    second = (people.logins >= 13) & (people.seats >= 9)
    third = people.tickets >= 2
    return [
        Planted(mask=first, rate=0.45, heads={"country", "plan"}),
        Planted(mask=second, rate=0.35, heads={"logins", "seats"}),
        Planted(mask=third, rate=0.05, heads={"tickets"}),
    ]


def reached_in(people: World, rng: np.random.Generator) -> np.ndarray:
    rates = np.full(len(people.seats), BASE)
    for one in reversed(planted_in(people)):
        rates[one.mask] = one.rate
    return rng.random(len(rates)) < rates


def parts(node: Node) -> list[dict[str, object]]:
    return [node_data(one) for one in (node.children if isinstance(node, All) else (node,))]


def heads(found: Found) -> set[str]:
    return {
        str(part.get("trait") or part.get("count") or part.get("did") or part.get("did_not"))
        for part in parts(found.definition.where)
    }


def members(found: Found, people: World) -> np.ndarray:
    """Who fits the definition, read from its written form and nothing of ours between."""
    mask = np.ones(len(people.seats), dtype=bool)
    for part in parts(found.definition.where):
        column = getattr(people, str(part.get("trait") or part.get("count") or part.get("did")))
        if "is" in part:
            mask &= column == part["is"]
        elif "is_not" in part:
            mask &= column != part["is_not"]
        elif "gte" in part:
            mask &= column >= part["gte"]
        elif "lt" in part:
            mask &= column < part["lt"]
        else:
            assert "did" in part
            mask &= column > 0
    return mask


@pytest.fixture(scope="module")
def ground() -> tuple[World, np.ndarray, Discovery]:
    rng = np.random.default_rng(1)
    people = world(8_000, rng)
    reached = reached_in(people, rng)
    return people, reached, discover(people.people(reached))


def test_three_planted_groups_are_found_and_no_other(
    ground: tuple[World, np.ndarray, Discovery],
) -> None:
    people, _, found = ground
    assert_planted(people, found)


def assert_planted(people: World, found: Discovery) -> None:
    assert {frozenset(heads(one)) for one in found.groups} == {
        frozenset(one.heads) for one in planted_in(people)
    }
    for planted in planted_in(people):
        (one,) = (one for one in found.groups if heads(one) == planted.heads)
        both = members(one, people) & planted.mask
        either = members(one, people) | planted.mask
        assert both.sum() / either.sum() > 0.75
        assert (one.lift > 1) == (planted.rate > BASE)


def test_size_and_rate_of_a_group_are_those_of_who_fits_its_definition(
    ground: tuple[World, np.ndarray, Discovery],
) -> None:
    people, reached, found = ground
    for one in found.groups:
        fits = members(one, people)
        assert one.size == fits.sum()
        tested = fits & ~half_of(len(fits), seed=0)
        assert (one.rate.value, one.rate.n) == (reached[tested].mean(), tested.sum())
        assert one.rate.value is not None
        assert one.lift == pytest.approx(one.rate.value / one.base_rate)
        assert one.base_rate == pytest.approx(reached.mean(), rel=0.1)
        assert one.p_value < 0.01


def test_a_group_is_a_definition_that_can_be_stored(
    ground: tuple[World, np.ndarray, Discovery],
) -> None:
    for one in ground[2].groups:
        written = {
            "subject": "customer",
            "timezone": "UTC",
            "where": node_data(one.definition.where),
        }
        assert parse_definition(written) == one.definition


def test_the_same_people_and_seed_give_the_same_answer() -> None:
    rng = np.random.default_rng(2)
    people = world(2_000, rng)
    reached = (people.plan == "pro") & (rng.random(2_000) < 0.5)
    given = people.people(reached, "plan", "country", "tickets")
    first, again = discover(given), discover(given)
    assert first == again
    assert [heads(one) for one in first.groups] == [{"plan"}]
    assert discover(given, seed=5).groups[0].rate != first.groups[0].rate


def on_noise(seed: int) -> Discovery:
    """What is found among people without any group."""
    rng = np.random.default_rng(seed)
    people = world(2_000, rng)
    return discover(people.people(rng.random(2_000) < BASE))


@pytest.mark.parametrize("seed", [1025, 1036])
def test_on_noise_nothing_is_reported_even_where_a_group_stood_out_by_chance(seed: int) -> None:
    found = on_noise(seed)
    assert (found.tested, found.groups) == (1, ())


@pytest.mark.long
def test_on_noise_nothing_is_reported_in_at_least_95_of_100_runs() -> None:
    assert sum(bool(on_noise(seed).groups) for seed in range(100)) <= 5


@pytest.mark.long
@pytest.mark.parametrize("seed", range(10, 20))
def test_planted_groups_are_found_whoever_is_drawn(seed: int) -> None:
    rng = np.random.default_rng(seed)
    people = world(12_000, rng)
    assert_planted(people, discover(people.people(reached_in(people, rng))))


def test_missing_values_are_a_group_of_their_own() -> None:
    rng = np.random.default_rng(3)
    people = world(3_000, rng)
    unknown = np.array([one is None for one in people.score])
    found = discover(people.people(rng.random(3_000) < np.where(unknown, 0.6, 0.1)))
    assert [parts(one.definition.where) for one in found.groups] == [
        [{"trait": "score", "is_set": False}]
    ]


def test_where_most_people_reach_it_the_others_are_the_group() -> None:
    rng = np.random.default_rng(6)
    people = world(3_000, rng)
    few = people.invited
    found = discover(people.people(rng.random(3_000) < np.where(few, 0.1, 0.5), "invited", "plan"))
    assert [parts(one.definition.where) for one in found.groups] == [
        [{"trait": "invited", "is": True}]
    ]
    assert found.groups[0].lift < 0.5


def test_a_difference_that_is_sure_but_small_is_no_find() -> None:
    rng = np.random.default_rng(4)
    people = world(12_000, rng)
    chance = np.where(people.invited, 0.58, 0.48)
    found = discover(people.people(rng.random(12_000) < chance, "invited", "plan", "tickets"))
    assert found.groups == ()


def given(n: int, *, reached: int | None = None, values: int | None = None) -> People:
    length = n if values is None else values
    column = TraitColumn(path=("plan",), values=("free", "pro") * (length // 2))
    return People(
        columns=(column,), reached=np.arange(n) < (n // 3 if reached is None else reached)
    )


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: given(0), "/population: The population holds nobody."),
        (lambda: given(10, values=8), "/columns/0: The column has 8 values for 10 people."),
        (lambda: given(10, reached=0), "/goal: Nobody reached the goal."),
        (lambda: given(10, reached=10), "/goal: Everybody reached the goal."),
        (
            lambda: People(columns=(), reached=np.array([True, False])),
            "/columns: Nothing is known to look at.",
        ),
        (
            lambda: discover(given(198)),
            "/population: 198 people are too few to look for groups in one half and test them on"
            " the other: 200 are needed.",
        ),
    ],
)
def test_people_among_whom_nothing_can_be_found_are_refused(make: object, said: str) -> None:
    with pytest.raises(DefinitionError) as refused:
        make()  # type: ignore[operator]
    assert str(refused.value) == said


def test_columns_that_part_nobody_find_nothing() -> None:
    column = TraitColumn(path=("plan",), values=("free",) * 300)
    found = discover(People(columns=(column,), reached=np.arange(300) % 3 == 0))
    assert (found.groups, found.weighed, found.tested) == ((), 0, 0)
