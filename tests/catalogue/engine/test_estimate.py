"""Sizes of a whole definition and of each of its nodes."""

from __future__ import annotations

import pytest
from pyroaring import BitMap

from catalogue.definitions import nodes as n
from catalogue.definitions.describe import Labels
from catalogue.definitions.errors import Code, DefinitionError
from catalogue.engine.estimate import Counted, NodeEstimate, estimate
from catalogue.engine.inputs import SegmentInput
from catalogue.warehouse.given import World
from catalogue.warehouse.memory import MemoryTables
from tests.catalogue.engine.small_world import (
    DAY,
    NOW,
    customer,
    event,
    events,
    last,
    segment,
    term,
    trait,
    world,
)

PRO, FREE = trait("is", "pro", "plan"), trait("is", "free", "plan")
GERMAN = trait("is", "DE", "country")
RECENT = n.Did(events=events("login"), window=last(7))
FIVE = world(
    customer("ada", event("login", DAY), plan="pro", country="DE"),
    customer("bob", event("login", 9 * DAY), plan="pro", country="FR"),
    customer("cleo", event("login", 2 * DAY), plan="free", country="DE"),
    customer("dan", plan="free"),
    customer("eve"),
)


def counted(where: n.Node | dict[str, SegmentInput], given: World = FIVE) -> Counted:
    segments = where if isinstance(where, dict) else {"it": segment(where)}
    with MemoryTables.from_world(given) as tables:
        return estimate(segments, "it", tables, now=NOW)


def numbers(where: n.Node) -> dict[str, tuple[int, int]]:
    """By pointer: (alone, remaining)."""
    return {one.pointer: (one.alone, one.remaining) for one in counted(where).nodes}


def test_all_leaves_fewer_people_with_every_condition() -> None:
    assert numbers(n.All(children=(PRO, GERMAN, RECENT))) == {
        "/where": (1, 1),
        "/where/all/0": (2, 2),
        "/where/all/1": (2, 1),
        "/where/all/2": (2, 1),
    }


def test_any_reaches_more_people_with_every_condition() -> None:
    assert numbers(n.Any(children=(PRO, GERMAN, FREE))) == {
        "/where": (4, 4),
        "/where/any/0": (2, 2),
        "/where/any/1": (2, 3),
        "/where/any/2": (2, 4),
    }


def test_none_takes_people_out_of_everybody() -> None:
    assert numbers(n.None_(children=(PRO, GERMAN))) == {
        "/where": (2, 2),
        "/where/none/0": (2, 3),
        "/where/none/1": (2, 2),
    }


def test_groups_inside_groups_count_within_themselves() -> None:
    where = n.All(children=(GERMAN, n.Any(children=(RECENT, FREE)), n.Not(child=PRO)))
    assert numbers(where) == {
        "/where": (1, 1),
        "/where/all/0": (2, 2),
        "/where/all/1": (3, 2),
        "/where/all/1/any/0": (2, 2),
        "/where/all/1/any/1": (2, 3),
        "/where/all/2": (3, 1),
        "/where/all/2/not": (2, 3),
    }


def test_a_single_condition_stands_alone() -> None:
    found = counted(PRO)
    assert found.nodes == (
        NodeEstimate(
            pointer="/where",
            depth=0,
            text="Plan is pro",
            folded=False,
            alone=2,
            remaining=2,
            null_count=1,
            null_share=0.2,
            population=5,
        ),
    )
    assert (found.members, found.population, found.now) == (BitMap([0, 1]), 5, NOW)


def test_missing_values_are_counted_for_traits_only() -> None:
    where = n.All(children=(GERMAN, RECENT, n.InSegment(key="pros"), trait("gt", 1, "unheard")))
    nodes = counted({"it": segment(where), "pros": segment(PRO)}).nodes
    assert [(one.null_count, one.null_share) for one in nodes] == [
        (None, None),
        (2, 0.4),
        (None, None),
        (None, None),
        (5, 1.0),
    ]


def test_missing_is_what_the_operator_would_find_missing() -> None:
    inside = n.Trait(term=term("gte", 1, "company", "seats"))
    given = world(customer("ada", company={"seats": 3}), customer("bob", company={"name": "B"}))
    assert counted(inside, given).nodes[0].null_count == 1
    unknown = trait("is_set", False, "plan")
    assert counted(unknown).nodes[0].null_count == counted(unknown).nodes[0].alone == 1


def test_hands_count_for_the_whole_and_not_for_its_conditions() -> None:
    pros = segment(PRO, adds=BitMap([3, 4]), removes=BitMap([0]))
    found = counted({"it": pros})
    assert (found.members, found.nodes[0].alone) == (BitMap([1, 3, 4]), 2)


def test_references_are_judged_with_their_own_hands() -> None:
    segments = {"it": segment(n.InSegment(key="pros")), "pros": segment(PRO, adds=BitMap([4]))}
    assert counted(segments).nodes[0].alone == 3


def test_a_list_is_counted_and_has_no_nodes() -> None:
    found = counted({"it": SegmentInput(static=BitMap([1, 2]))})
    assert (len(found.members), found.nodes) == (2, ())


def test_without_customers_there_is_nobody_and_no_share() -> None:
    found = counted(n.All(children=(PRO, n.Everyone())), world())
    assert (found.population, len(found.members)) == (0, 0)
    assert [(one.alone, one.null_share) for one in found.nodes] == [(0, None)] * 3


def test_names_that_people_gave_are_used() -> None:
    with MemoryTables.from_world(FIVE) as tables:
        labels = Labels(traits={"plan": "Tariff"})
        found = estimate({"it": segment(PRO)}, "it", tables, now=NOW, labels=labels)
    assert found.nodes[0].text == "Tariff is pro"


def test_being_outside_a_segment_is_one_line() -> None:
    where = n.All(children=(PRO, n.Not(child=n.InSegment(key="pros"))))
    nodes = counted({"it": segment(where), "pros": segment(GERMAN)}).nodes
    assert [(one.pointer, one.folded, one.alone) for one in nodes[2:]] == [
        ("/where/all/1", False, 3),
        ("/where/all/1/not", True, 2),
    ]


# ── refusals


def refusal(where: n.Node | dict[str, SegmentInput]) -> DefinitionError:
    with pytest.raises(DefinitionError) as caught:
        counted(where)
    return caught.value


def test_what_cannot_be_judged_is_refused_where_it_stands() -> None:
    lost = refusal(n.All(children=(PRO, n.InSegment(key="nowhere"))))
    assert (lost.code, lost.faults[0].pointer) == (
        Code.MISSING_REFERENCE,
        "/where/all/1/in_segment",
    )
    circle = refusal({"it": segment(n.InSegment(key="it"))})
    assert circle.code == Code.CYCLE


def test_too_many_different_lists_are_refused_at_every_condition_that_looks_into_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("catalogue.engine.conditions.bench.DISTINCT_LIMIT", 1)
    given = world(customer("ada", tags=["a"]), customer("bob", tags=["b"]))
    looks = n.Trait(term=term("has_any", ("a",), "tags"))
    where = n.Any(children=(GERMAN, looks, n.Not(child=looks)))
    with pytest.raises(DefinitionError) as caught:
        counted(where, given)
    assert [(one.code, one.pointer) for one in caught.value.faults] == [
        (Code.TOO_EXPENSIVE, "/where/any/1"),
        (Code.TOO_EXPENSIVE, "/where/any/2/not"),
    ]


def test_an_estimate_that_takes_too_long_says_so_and_what_to_do() -> None:
    asked = []

    def impatient() -> bool:
        asked.append(True)
        return len(asked) > 1

    three = {"it": segment(n.All(children=(PRO, GERMAN, RECENT)))}
    with MemoryTables.from_world(FIVE) as tables, pytest.raises(DefinitionError) as caught:
        estimate(three, "it", tables, now=NOW, should_stop=impatient)
    assert caught.value.code == Code.TOO_EXPENSIVE
    assert "narrow its windows" in str(caught.value)
    assert len(asked) == 2


def test_every_condition_is_asked_once_and_missing_values_by_the_same_scan() -> None:
    asked = []

    def count() -> bool:
        asked.append(True)
        return False

    with MemoryTables.from_world(FIVE) as tables:
        where = n.Any(children=(PRO, n.All(children=(PRO, FREE)), n.Not(child=FREE), RECENT))
        estimate({"it": segment(where)}, "it", tables, now=NOW, should_stop=count)
    assert len(asked) == 2  # the trait plan, the event login
