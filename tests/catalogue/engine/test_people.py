"""Population, merges, deleted customers, adds and removes (clauses 1, 2, 25)."""

from __future__ import annotations

import pytest
from pyroaring import BitMap

from catalogue.definitions import nodes as n
from catalogue.engine.inputs import SegmentInput
from catalogue.warehouse.given import GivenChange, GivenCustomer
from catalogue.warehouse.memory import MemoryTables
from tests.catalogue.engine.small_world import (
    customer,
    event,
    events,
    is_,
    members,
    segment,
    trait,
    who,
    world,
)


def merged(id: str, into: str, *its: object, deleted: bool = False, **traits: object):
    changes = tuple(GivenChange(trait=name, value=value) for name, value in traits.items())
    return GivenCustomer(id=id, changes=changes, events=its, merged_into=into, deleted=deleted)


PEOPLE = world(
    customer("alive", event("buy", amount=1), plan="free"),
    customer("bare"),
    GivenCustomer(id="deleted", events=(event("buy", amount=100),), deleted=True),
    merged("old", "middle", event("buy", amount=10), plan="pro"),
    merged("middle", "alive", event("buy", amount=100)),
    merged("of deleted", "deleted", event("buy")),
)
BUY = events("buy")


def test_the_population_is_every_live_customer():
    assert who(n.Everyone(), PEOPLE) == {"alive", "bare"}
    assert who(n.Not(child=n.Everyone()), PEOPLE) == set()


def test_events_pass_along_the_chain_of_merges_to_the_last_survivor():
    three = n.Count(events=BUY, comparison=is_("eq", 3))
    assert who(three, PEOPLE) == {"alive"}
    total = n.Aggregate(function="sum", prop=("amount",), events=BUY, comparison=is_("eq", 111))
    assert who(total, PEOPLE) == {"alive"}
    assert who(n.DidNot(events=BUY), PEOPLE) == {"bare"}


def test_traits_stay_the_survivors():
    assert who(trait("is", "free", "plan"), PEOPLE) == {"alive"}
    assert who(trait("is", "pro", "plan"), PEOPLE) == set()
    assert who(trait("is_not", "pro", "plan"), PEOPLE) == {"alive", "bare"}


def test_negative_definitions_are_complements_at_any_depth():
    buyer = n.Did(events=BUY)
    for node in (
        n.Not(child=buyer),
        n.None_(children=(buyer,)),
        n.Not(child=n.Not(child=n.Not(child=buyer))),
        n.All(children=(n.Not(child=buyer), n.Everyone())),
        n.Not(child=n.Any(children=(buyer, trait("is", "x", "never sent")))),
    ):
        assert who(node, PEOPLE) == {"bare"}


ORDINALS = MemoryTables.from_world(PEOPLE).ordinals


def ordinals(*ids: str) -> BitMap:
    return BitMap([ORDINALS[id] for id in ids])


@pytest.mark.parametrize(
    ("adds", "removes", "expected"),
    [
        ((), (), {"alive"}),
        (("bare",), (), {"alive", "bare"}),
        ((), ("alive",), set()),
        (("bare", "alive"), ("bare",), {"alive"}),
        ((), ("old",), {"alive"}),
        (("old",), ("alive",), set()),
        (("old",), ("old",), {"alive"}),
        (("deleted", "of deleted"), (), {"alive"}),
    ],
)
def test_adds_follow_merges_removes_do_not_and_removes_win(adds, removes, expected):
    buyers = segment(n.Did(events=BUY), adds=ordinals(*adds), removes=ordinals(*removes))
    assert members({"it": buyers}, PEOPLE)["it"] == expected


def test_static_lists_follow_merges_and_know_no_strangers():
    static = SegmentInput(static=ordinals("old", "bare", "deleted") | BitMap([10**6]))
    assert members({"it": static}, PEOPLE)["it"] == {"alive", "bare"}
    without = SegmentInput(
        static=ordinals("bare"), adds=ordinals("middle"), removes=ordinals("bare")
    )
    assert members({"it": without}, PEOPLE)["it"] == {"alive"}


def test_a_workspace_without_anybody_has_no_members_and_raises_nothing():
    nodes = {
        "everyone": n.Everyone(),
        "trait": trait("is_not", 1),
        "count": n.Count(events=BUY, comparison=is_("lt", 5)),
    }
    found = members({key: segment(node) for key, node in nodes.items()}, world())
    assert found == {key: set() for key in nodes}
