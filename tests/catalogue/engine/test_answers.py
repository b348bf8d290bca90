"""What is asked again, and what is not, when a definition is edited."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from catalogue.definitions import nodes as n
from catalogue.definitions.errors import DefinitionError
from catalogue.engine.answers import Answer, Answers
from catalogue.engine.estimate import estimate
from catalogue.engine.shelf import Shelf
from catalogue.warehouse.memory import MemoryTables
from tests.catalogue.engine.small_world import (
    DAY,
    NOW,
    customer,
    event,
    events,
    is_,
    last,
    segment,
    term,
    trait,
    world,
)

GIVEN = world(
    customer("ada", event("login"), event("login", 2 * DAY), event("paid", amount=5), seats=3),
    customer("bob", event("login"), event("paid", amount=2), event("paid", amount=9), seats=8),
    customer("cleo", event("paid", 9 * DAY, amount=1.5), seats="5"),
    customer("dan"),
)
COUNT = n.Count(events=events("login"), comparison=is_("gte", 1), window=last(7))
SUM = n.Aggregate(
    function="sum",
    prop=("amount",),
    events=events("paid"),
    comparison=is_("gt", 4),
    window=last(7),
)
SEATS = trait("gte", 4, "seats")


def asks(kept: Shelf[Answer], where: n.Node, *, now_after: timedelta = timedelta(0)) -> object:
    """The ids of the members; … when something had to be asked of the data for them."""
    now = NOW + now_after
    with MemoryTables.from_world(GIVEN) as tables:
        answers = Answers(kept=kept, photo="it", now=now)
        try:
            found = estimate(
                {"it": segment(where)},
                "it",
                tables,
                now=now,
                answers=answers,
                should_stop=lambda: True,
            )
        except DefinitionError:
            estimate({"it": segment(where)}, "it", tables, now=now, answers=answers)
            return ...
        return tables.ids(found.members)


@pytest.mark.parametrize(
    ("where", "moved", "members"),
    [
        (COUNT, replace(COUNT, comparison=is_("gte", 2)), {"ada"}),
        (COUNT, replace(COUNT, comparison=is_("lt", 1)), {"cleo", "dan"}),
        (COUNT, n.Did(events=events("login"), window=last(7)), {"ada", "bob"}),
        (SUM, replace(SUM, comparison=is_("between", 10, 11)), {"bob"}),
        (
            replace(SUM, function="avg"),
            replace(SUM, function="avg", comparison=is_("lte", 5)),
            {"ada"},
        ),
        (
            replace(SUM, function="max"),
            replace(SUM, function="max", comparison=is_("lt", 6)),
            {"ada"},
        ),
        (SEATS, trait("between", (3, 5), "seats"), {"ada", "cleo"}),
        (SEATS, trait("lt", 4, "seats"), {"ada"}),
    ],
)
def test_another_bound_is_a_comparison_only(
    where: n.Node, moved: n.Node, members: set[str]
) -> None:
    kept: Shelf[Answer] = Shelf(1 << 20)
    assert asks(kept, where) is ...
    assert asks(kept, moved) == members


@pytest.mark.parametrize(
    "other",
    [
        replace(COUNT, window=last(8)),
        replace(COUNT, events=events("paid")),
        replace(COUNT, events=events("login", where=(term("is_set", True, "x"),))),
        n.FirstDid(events=events("login"), window=last(7)),
    ],
)
def test_other_events_are_asked_for_anew(other: n.Node) -> None:
    kept: Shelf[Answer] = Shelf(1 << 20)
    assert asks(kept, COUNT) is ...
    assert asks(kept, other) is ...
    assert asks(kept, n.All(children=(COUNT, other))) is not ...


def test_a_later_instant_is_asked_for_anew() -> None:
    kept: Shelf[Answer] = Shelf(1 << 20)
    for where in (COUNT, SEATS):
        assert asks(kept, where) is ...
        assert asks(kept, where, now_after=DAY) is ...
        assert asks(kept, where) is not ...


def test_where_nothing_may_be_kept_everything_is_asked_every_time() -> None:
    kept: Shelf[Answer] = Shelf(0)
    assert [asks(kept, SUM), asks(kept, SUM)] == [..., ...]
