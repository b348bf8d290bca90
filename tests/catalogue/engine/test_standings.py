"""Where one customer stands: places are made by everybody, also when one alone is explained."""

from __future__ import annotations

from decimal import Decimal

import pytest
from pyroaring import BitMap

from catalogue.definitions import nodes as n
from catalogue.definitions.errors import Code, DefinitionError
from catalogue.engine.evaluate import evaluate
from catalogue.engine.explain import Explained, explain
from catalogue.engine.inputs import Judged, SegmentInput
from catalogue.engine.standings import RankReason, SampleReason
from catalogue.warehouse.given import GivenCustomer, World
from catalogue.warehouse.memory import MemoryTables
from tests.catalogue.engine.small_world import (
    DAY,
    MICROSECOND,
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

PAID = events("paid")
AVERAGE = n.EventMeasure(function="avg", events=PAID, prop=("n",))
COUNT = n.EventMeasure(function="count", events=PAID)
SEATS = n.TraitMeasure(path=("seats",))
PRO = trait("is", "pro", "plan")
GIVEN = world(
    customer("ada", event("paid", n=5), event("paid", 9 * DAY, n=2), plan="pro", seats=9),
    customer("bob", event("paid", n=10), event("paid", n=0), event("paid", n=0), plan="pro"),
    customer("cleo", event("paid", n=1), plan="free", seats=4),
    customer("dan", plan="pro", seats=2),
    GivenCustomer(id="eve", merged_into="dan", events=(event("paid", n=7),)),
)


def top(size: int | n.Share, by: n.Measure, among: n.Node | None = None) -> n.Top:
    return n.Top(size=size, by=by, among=among or n.Everyone())


def told(where: n.Node | dict[str, SegmentInput], who: str, given: World = GIVEN) -> Explained:
    segments = where if isinstance(where, dict) else {"it": segment(where)}
    with MemoryTables.from_world(given) as tables:
        found = explain(segments, tables.ordinals[who], tables, now=NOW, keys=["it"])["it"]
    assert isinstance(found, Explained)
    return found


def test_the_reason_is_the_own_figure_and_that_of_the_last_one_in() -> None:
    found = told(top(2, AVERAGE), "bob")
    assert found.is_in is False
    assert found.nodes[0].reason == RankReason(
        is_among=True, figure=Decimal("3.333333"), ranked=4, last_in=Decimal("3.5")
    )
    assert found.nodes[0].because == (
        "3.333333 here; of 4 customers that are ranked, the last one in has 3.5"
    )


@pytest.mark.parametrize(
    ("by", "who", "because"),
    [
        (COUNT, "dan", "1 here; of 4 customers that are ranked, the last one in has 3"),
        (SEATS, "cleo", "4 here; of 3 customers that are ranked, the last one in has 9"),
        (SEATS, "bob", "has nothing to be ranked by"),
    ],
)
def test_every_kind_of_figure_is_shown(by: n.Measure, who: str, because: str) -> None:
    assert told(top(1, by), who).nodes[0].because == because


def test_who_is_not_among_them_is_told_so() -> None:
    found = told(top(1, AVERAGE, PRO), "cleo")
    assert [(one.pointer, one.answer, one.because) for one in found.nodes] == [
        ("/where", False, "is not one of those who are ranked"),
        ("/where/among", False, "it is free"),
    ]


def test_an_only_one_who_is_ranked_is_not_alone_in_the_sentence() -> None:
    found = told(top(1, SEATS, trait("gt", 5, "seats")), "ada")
    assert found.nodes[0].because == ("9 here; of 1 customer that is ranked, the last one in has 9")


def test_a_ranking_among_a_segment_knows_its_hands_and_everybody_in_it() -> None:
    segments = {
        "it": segment(n.Not(child=top(1, AVERAGE, n.InSegment(key="them")))),
        "them": segment(PRO, adds=BitMap([2]), removes=BitMap([3])),
    }
    assert {who: told(segments, who).is_in for who in ("ada", "bob", "cleo", "dan")} == {
        "ada": False,
        "bob": True,
        "cleo": True,
        "dan": True,
    }


def test_explanations_agree_with_the_engine_about_everybody_at_any_depth() -> None:
    inner = top(2, AVERAGE, n.Not(child=n.Bottom(size=1, by=SEATS, among=PRO)))
    segments = {
        "it": segment(n.Any(children=(n.InSegment(key="best"), top(1, SEATS, inner)))),
        "best": segment(top(n.Share(percent=Decimal(30)), COUNT, n.InSegment(key="pros"))),
        "pros": segment(PRO),
    }
    with MemoryTables.from_world(GIVEN) as tables:
        outcomes = evaluate(segments, tables, now=NOW).outcomes
        for ordinal in tables.customers:
            for key, found in explain(segments, ordinal, tables, now=NOW).items():
                outcome = outcomes[key]
                assert isinstance(found, Explained)
                assert isinstance(outcome, Judged)
                assert found.is_in == (ordinal in outcome.members), (key, ordinal)


def test_what_costs_too_much_over_everybody_is_refused_here_as_well(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("catalogue.engine.conditions.bench.DISTINCT_LIMIT", 1)
    lists = events("paid", where=(term("has_any", ("vip",), "tags"),))
    given = world(*(customer(str(i), event("paid", tags=["vip", i])) for i in range(3)))
    counted = n.EventMeasure(function="count", events=lists)
    segments = {
        "measure": segment(top(1, counted)),
        "built": segment(top(1, COUNT, n.InSegment(key="lists"))),
        "lists": segment(n.Did(events=lists)),
    }
    with MemoryTables.from_world(given) as tables:
        found = explain(segments, 0, tables, now=NOW)
    assert {
        key: isinstance(one, DefinitionError) and one.code == Code.TOO_EXPENSIVE
        for key, one in found.items()
    } == {"measure": True, "built": True, "lists": True}


# ── ahead in time


@pytest.mark.parametrize(
    "where",
    [
        top(1, SEATS),
        top(1, AVERAGE),
        top(1, COUNT, n.All(children=(PRO, n.Did(events=PAID)))),
        n.Sample(share=n.Share(percent=Decimal(50))),
    ],
)
def test_what_nothing_moves_stays_as_it_is(where: n.Node) -> None:
    recent = n.Did(events=PAID, window=last(7))
    found = told(n.Any(children=(where, n.All(children=(where, recent)))), "ada")
    answer = found.nodes[1].answer
    assert (found.nodes[1].flips_at, found.flips_at) == (None, None)
    # An all of which one part is no for good never changes, whatever the other does.
    ending = told(n.All(children=(where, recent)), "ada").flips_at
    assert ending == (NOW + 6 * DAY + MICROSECOND if answer else None)


@pytest.mark.parametrize(
    "where",
    [
        top(1, n.EventMeasure(function="count", events=PAID, window=last(7))),
        top(1, COUNT, n.Did(events=PAID, window=last(7))),
        top(1, SEATS, n.InSegment(key="pros")),
        top(
            1,
            SEATS,
            n.Held(
                term=PRO.term,
                lasting="for_at_least",
                duration=n.Duration(count=1, unit="day"),
            ),
        ),
    ],
)
def test_a_place_that_others_may_move_is_not_foretold(where: n.Node) -> None:
    recent = n.Did(events=PAID, window=last(7))
    for who in ("ada", "bob"):
        alone = told({"it": segment(where), "pros": segment(PRO)}, who)
        # Beside what stays for ever, the other part of such a group would decide.
        group = n.All if alone.is_in else n.Any
        inside = segment(group(children=(where, n.Not(child=recent))))
        found = told({"it": inside, "pros": segment(PRO)}, who)
        assert (alone.flips_at, found.nodes[1].flips_at, found.flips_at) == (None, None, None)
        assert found.nodes[-1].flips_at == NOW + 6 * DAY + MICROSECOND


# ── draws


def test_a_draw_is_shown_cut_and_never_rounded_up() -> None:
    found = told(
        n.Sample(share=n.Share(percent=Decimal("12.5")), salt="exp-12"), "a", world(customer("a"))
    ).nodes[0]
    assert found.reason == SampleReason(draw=Decimal("13.272288"))
    assert found.because == "drawn at 13.2722 %; who is drawn below 12.5 % is in"
    assert found.answer is False
