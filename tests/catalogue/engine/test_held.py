"""held: one scan of a history for all that look at it, and when the answer will change."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import hypothesis
from hypothesis import strategies as st

from catalogue.definitions import nodes as n
from catalogue.engine.evaluate import evaluate
from catalogue.engine.explain import Explained, explain
from catalogue.engine.inputs import Judged
from catalogue.engine.reference import Person, condition_holds
from catalogue.engine.reference_dates import AsOf
from catalogue.warehouse.given import GivenChange, GivenCustomer, World
from catalogue.warehouse.memory import MemoryTables
from tests.catalogue.engine.small_world import (
    DAY,
    MICROSECOND,
    NOW,
    members,
    segment,
    term,
    trait,
    world,
)
from tests.generative.moments import DURATIONS, MOMENT_POOL

WEEK = n.Duration(count=7, unit="day")


def held(
    lasting: str, duration: n.Duration = WEEK, operator: str = "is", operand: object = "pro"
) -> n.Held:
    wanted = term(operator, operand, "plan")  # type: ignore[arg-type]
    return n.Held(term=wanted, lasting=lasting, duration=duration)  # type: ignore[arg-type]


def having_had(id_: str, *values: tuple[object, timedelta | None]) -> GivenCustomer:
    """(value, how long ago; None: since ever)"""
    changes = (
        GivenChange(trait="plan", value=value, at=None if ago is None else NOW - ago)
        for value, ago in values
    )
    return GivenCustomer(id=id_, changes=tuple(changes))


GIVEN = world(
    having_had("old", ("free", 20 * DAY), ("pro", 9 * DAY), ("pro", 2 * DAY)),
    having_had("new", ("pro", 20 * DAY), ("free", 9 * DAY), ("pro", 2 * DAY)),
    having_had("ever", ("pro", None)),
    having_had("free", ("pro", 20 * DAY), ("free", 9 * DAY)),
)


def test_all_that_look_at_one_history_are_answered_by_one_scan() -> None:
    segments = {
        "long": segment(held("for_at_least")),
        "short": segment(held("for_less_than")),
        "not": segment(held("for_at_least", operator="is_not")),
        "day": segment(held("for_at_least", n.Duration(count=1, unit="day"))),
        "now": segment(trait("is", "pro", "plan")),
    }
    seen: list[tuple[int, int]] = []
    with MemoryTables.from_world(GIVEN) as tables:
        answer = evaluate(segments, tables, now=NOW, on_progress=lambda *step: seen.append(step))
        found = {
            key: tables.ids(outcome.members)
            for key, outcome in answer.outcomes.items()
            if isinstance(outcome, Judged)
        }
    assert seen[-1] == (2, 2)
    assert answer.rows_read == 2 * 9
    assert found == {
        "long": {"old"},
        "short": {"new"},
        "not": {"free"},
        "day": {"old", "new"},
        "now": {"old", "new", "ever"},
    }


def test_the_same_day_by_another_unit_is_the_same_condition() -> None:
    one, other = held("for_at_least"), held("for_at_least", n.Duration(count=1, unit="week"))
    assert members({"a": segment(one), "b": segment(other)}, GIVEN)["b"] == {"old"}


# ── one customer


def told(where: n.Node, given: World, who: str, now: datetime = NOW) -> Explained:
    with MemoryTables.from_world(given) as tables:
        found = explain({"it": segment(where)}, tables.ordinals[who], tables, now=now)["it"]
    assert isinstance(found, Explained)
    return found


def test_the_reason_says_since_when() -> None:
    because = {
        who: told(held("for_at_least"), GIVEN, who).nodes[0].because
        for who in ("old", "new", "ever", "free")
    }
    assert because == {
        "old": "it is pro; so since 9 March 2026, 12:00 UTC",
        "new": "it is pro; so since 16 March 2026, 12:00 UTC",
        "ever": "it is pro; since when is not known",
        "free": "it is free",
    }
    assert told(held("for_at_least"), world(having_had("x")), "x").nodes[0].because == (
        "it is unknown"
    )


def test_the_answer_changes_when_it_has_been_so_for_long_enough() -> None:
    flips_at = NOW + 5 * DAY
    long, short = (
        told(held(form), GIVEN, "new").nodes[0] for form in ("for_at_least", "for_less_than")
    )
    assert (long.answer, long.flips_at) == (False, flips_at)
    assert long.later == "yes from 23 March 2026, 12:00 UTC on"
    assert (short.answer, short.flips_at) == (True, flips_at)
    assert told(held("for_at_least"), GIVEN, "old").flips_at is None
    assert told(held("for_less_than"), GIVEN, "ever").flips_at is None


def test_what_moves_with_time_itself_is_not_foretold() -> None:
    moving = held("for_at_least", operator="before", operand=n.DateLiteral(word="today"))
    given = world(having_had("a", ("2026-03-01", 2 * DAY)))
    assert told(moving, given, "a").nodes[0].flips_at is None


@hypothesis.settings(max_examples=25, deadline=None)
@hypothesis.given(st.randoms(use_true_random=True))
def test_the_answer_changes_exactly_when_foretold(rng: Random) -> None:
    moment = rng.choice(MOMENT_POOL)
    zone = ZoneInfo(moment.zone)
    duration, form = rng.choice(DURATIONS), rng.choice(["for_at_least", "for_less_than"])
    edge = rng.choice(moment.edges) + rng.choice([-DAY / 24, -MICROSECOND, 0 * DAY, MICROSECOND])
    changes = (GivenChange(trait="plan", value="pro", at=min(edge, moment.now)),)
    node = held(form, duration)
    given = world(GivenCustomer(id="a", changes=changes))
    with MemoryTables.from_world(given) as tables:
        found = explain({"it": segment(node, moment.zone)}, 0, tables, now=moment.now)["it"]
    assert isinstance(found, Explained)
    (one,) = found.nodes

    def answer(now: datetime) -> bool:
        person = Person(id="a", changes=changes, events=())
        return condition_holds(node, person, AsOf(now=now, zone=zone))

    assert one.answer == answer(moment.now)
    if one.flips_at is None:
        assert answer(moment.now + timedelta(days=800)) == one.answer
    else:
        assert (answer(one.flips_at - MICROSECOND), answer(one.flips_at)) == (
            one.answer,
            not one.answer,
        )
