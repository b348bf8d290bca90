"""Explanations show what an aggregate of the customer's own events came to."""

from __future__ import annotations

from decimal import Decimal

import pytest

from catalogue.definitions import nodes as n
from catalogue.engine.evidence import EventsReason
from tests.catalogue.engine.small_world import DAY, customer, event, events, is_, last, world
from tests.catalogue.engine.telling import root, told


@pytest.mark.parametrize(
    ("function", "figure", "because"),
    [
        ("sum", Decimal("12.5"), "the sum of 3 events is 12.5"),
        ("avg", Decimal("6.25"), "the average of 3 events is 6.25"),
        ("min", 2.5, "the smallest of 3 events is 2.5"),
        ("max", 10.0, "the largest of 3 events is 10"),
        ("count_distinct", 3, "3 different in 3 events"),
    ],
)
def test_an_aggregate_shows_what_it_came_to(function: str, figure: object, because: str) -> None:
    given = world(
        customer(
            "ada",
            event("paid", DAY, v=10),
            event("paid", 2 * DAY, v=2.5),
            event("paid", 2 * DAY, v="none"),
            event("paid", 20 * DAY, v=1000),
        )
    )
    asked = n.Aggregate(
        function=function,
        prop=("v",),
        events=events("paid"),
        comparison=is_("gt", 1),
        window=last(7),
    )
    found = root(asked, given, "ada")
    assert isinstance(found.reason, EventsReason)
    assert (found.reason.figure, found.because) == (figure, because)


def test_aggregates_of_the_same_property_of_different_events_are_told_apart() -> None:
    summed = [
        n.Aggregate(function="sum", prop=("v",), events=events(name), comparison=is_("gt", 1))
        for name in ("paid", "refunded")
    ]
    given = world(customer("ada", event("paid", v=5), event("refunded", v=7)))
    found = told(n.All(children=tuple(summed)), given, "ada")
    assert [node.because for node in found.nodes[1:]] == [
        "the sum of 1 event is 5",
        "the sum of 1 event is 7",
    ]


def test_a_sum_of_very_many_digits_is_shown_to_the_last() -> None:
    asked = n.Aggregate(function="sum", prop=("v",), events=events("paid"), comparison=is_("gt", 1))
    large = event("paid", v=9e19)
    given = world(customer("ada", *([large] * 200), event("paid", v=0.000001)))
    reason = root(asked, given, "ada").reason
    assert isinstance(reason, EventsReason)
    assert reason.figure == Decimal("18000000000000000000000.000001")


def test_an_aggregate_of_nothing_has_no_value() -> None:
    asked = n.Aggregate(function="sum", prop=("v",), events=events("paid"), comparison=is_("lt", 1))
    given = world(customer("ada", event("paid", v="a")), customer("bob", event("other")))
    for who, because in (("ada", "no value in 1 event"), ("bob", "no value in 0 events")):
        found = root(asked, given, who)
        assert (found.answer, found.because) == (False, because)


# ── references, lists and hands
