"""Why one customer does, or does not, fit a condition on order or habit, and until when."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from catalogue.definitions import nodes as n
from catalogue.engine.explain import NodeExplained
from catalogue.engine.walks.reasons import AttemptReason, HabitReason, NewestReason, StepsReason
from catalogue.warehouse.given import GivenCustomer
from tests.catalogue.engine.small_world import (
    DAY,
    MICROSECOND,
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
from tests.catalogue.engine.test_explain import root, told

ONE_DAY = n.Duration(count=1, unit="day")
WEEK = n.Duration(count=1, unit="week")
LOGIN, HOUR = events("login"), timedelta(hours=1)


def why(where: n.Node, *done: tuple[str, timedelta]) -> NodeExplained:
    return root(where, world(customer("ada", *(event(name, ago) for name, ago in done))), "ada")


def in_order(*names: str, within: n.Duration | None = None) -> n.Sequence:
    first, *rest = names
    later = (n.Step(events=events(name), within=within) for name in rest)
    return n.Sequence(steps=(n.Step(events=events(first)), *later), window=last(10))


# ── sequence


def test_steps_that_were_gone_are_shown() -> None:
    found = why(in_order("a", "b"), ("a", 3 * DAY), ("b", DAY))
    assert found.reason == StepsReason(steps=(NOW - 3 * DAY, NOW - DAY), of=2)
    assert found.because == "done on 15 March 2026, 12:00 UTC, then on 17 March 2026, 12:00 UTC"
    assert (found.answer, found.flips_at) == (True, NOW + 7 * DAY + MICROSECOND)


def test_of_several_ways_one_that_really_leads_there_is_shown() -> None:
    done = (("a", 9 * DAY), ("a", 5 * DAY), ("b", 4 * DAY), ("a", 2 * DAY), ("b", DAY / 2))
    found = why(in_order("a", "b", within=ONE_DAY), *done)
    assert found.reason == StepsReason(steps=(NOW - 5 * DAY, NOW - 4 * DAY), of=2)


def test_a_way_that_broke_off_is_shown_as_far_as_it_came() -> None:
    found = why(in_order("a", "b", "c"), ("a", 3 * DAY), ("b", 2 * DAY), ("c", 9 * DAY))
    assert (found.answer, len(found.reason.steps)) == (False, 2)
    assert found.because == (
        "done on 15 March 2026, 12:00 UTC, then on 16 March 2026, 12:00 UTC;"
        " the next step did not follow"
    )


@pytest.mark.parametrize("done", [(), (("b", DAY),), (("a", 20 * DAY), ("b", DAY))])
def test_a_way_that_was_never_begun(done: tuple) -> None:
    found = why(in_order("a", "b"), *done)
    assert (found.answer, found.because) == (False, "the first step was not done")
    assert found.flips_at is None


# ── dropped_off

DROPPED = n.DroppedOff(start=events("cart"), goal=events("paid"), within=ONE_DAY)


def test_a_lost_attempt() -> None:
    found = why(DROPPED, ("cart", 3 * DAY), ("paid", DAY))
    assert found.reason == AttemptReason(
        start=NOW - 3 * DAY, end=NOW - 2 * DAY, goal=None, is_over=True
    )
    assert (found.answer, found.flips_at) == (True, None)
    assert found.because == (
        "begun on 15 March 2026, 12:00 UTC, and not done until 16 March 2026, 12:00 UTC"
    )


def test_a_won_attempt() -> None:
    found = why(DROPPED, ("cart", 9 * DAY), ("cart", 3 * DAY), ("paid", 2 * DAY))
    assert (found.answer, found.reason.goal) == (False, NOW - 2 * DAY)
    assert (
        found.because == "begun on 15 March 2026, 12:00 UTC, and done on 16 March 2026, 12:00 UTC"
    )


def test_an_open_attempt_and_when_it_will_be_lost() -> None:
    found = why(DROPPED, ("cart", HOUR))
    assert (found.answer, found.reason.is_over) == (False, False)
    assert found.because == (
        "begun on 18 March 2026, 11:00 UTC, and there is time until 19 March 2026, 11:00 UTC"
    )
    assert found.flips_at == NOW - HOUR + DAY + MICROSECOND
    assert found.later.startswith("yes from 19 March 2026, 11:00 UTC")


@pytest.mark.parametrize("done", [(), (("paid", DAY),)])
def test_no_attempt_at_all(done: tuple) -> None:
    found = why(DROPPED, *done)
    assert (found.answer, found.reason, found.because) == (False, None, "not begun")


# ── stopped, resumed

STOPPED = n.Stopped(events=LOGIN, active_within=n.Duration(count=14, unit="day"), quiet_for=WEEK)
RESUMED = n.Resumed(events=LOGIN, back_within=n.Duration(count=2, unit="day"), quiet_within=WEEK)


def test_a_pause_is_told_by_the_last_time() -> None:
    found = why(STOPPED, ("login", 20 * DAY), ("login", 8 * DAY))
    assert (found.answer, found.flips_at) == (True, NOW + 6 * DAY + MICROSECOND)
    assert found.because == "done for the last time on 10 March 2026, 12:00 UTC"
    soon = why(STOPPED, ("login", 3 * DAY))
    assert (soon.answer, soon.flips_at) == (False, NOW + 4 * DAY + MICROSECOND)
    assert why(STOPPED).because == "never done"


def test_a_return_is_told_by_the_last_time_and_the_one_before() -> None:
    found = why(RESUMED, ("login", 20 * DAY), ("login", DAY), ("login", HOUR))
    assert found.reason == NewestReason(one=NOW - HOUR, other=NOW - 20 * DAY)
    assert found.because == (
        "last done on 18 March 2026, 11:00 UTC, and before on 26 February 2026, 12:00 UTC"
    )
    # One day on, the first of the two no longer counts as back, and is what was done before.
    assert (found.answer, found.flips_at) == (True, NOW + DAY + MICROSECOND)


@pytest.mark.parametrize(
    ("done", "because"),
    [
        ((), "never done"),
        ((("login", DAY),), "last done on 17 March 2026, 12:00 UTC, and never before"),
        ((("login", 20 * DAY),), "last done on 26 February 2026, 12:00 UTC"),
    ],
)
def test_who_did_not_come_back(done: tuple, because: str) -> None:
    found = why(RESUMED, *done)
    assert (found.answer, found.because) == (False, because)


# ── regularly, active_days


def test_periods_are_counted() -> None:
    node = n.Regularly(events=LOGIN, periods=n.Periods(per=WEEK, in_at_least=2, of_last=3))
    found = why(node, ("login", DAY), ("login", 8 * DAY))
    assert found.reason == HabitReason(fitting=2, periods=3, count=0)
    assert (found.answer, found.because) == (True, "so in 2 of the last 3 periods")
    # When the older one reaches the third period, the newer one reaches the second.
    assert found.flips_at == NOW + 13 * DAY + MICROSECOND
    assert why(node).because == "so in 0 of the last 3 periods"


def test_days_are_counted() -> None:
    node = n.ActiveDays(events=LOGIN, comparison=is_("gte", 2), window=last(7))
    found = why(node, ("login", DAY), ("login", DAY + HOUR), ("login", 3 * DAY))
    assert (found.answer, found.because) == (True, "done on 2 days")
    assert found.flips_at == NOW + 4 * DAY + MICROSECOND
    assert why(node).because == "done on 0 days"


def test_doing_nothing_may_be_a_habit() -> None:
    periods = n.Periods(per=WEEK, in_at_least=2, of_last=2)
    node = n.ActiveDays(events=LOGIN, comparison=is_("lt", 1), periods=periods)
    found = why(node)
    assert (found.answer, found.because) == (True, "so in 2 of the last 2 periods")
    busy = why(node, ("login", DAY))
    assert (busy.answer, busy.because) == (False, "so in 1 of the last 2 periods")
    assert busy.flips_at == NOW + 13 * DAY + MICROSECOND


# ── latest


def test_the_newest_event_is_told_and_whether_it_fits() -> None:
    node = n.Latest(events=events("ticket"), has=(term("is", "open", "status"),), window=last(10))
    given = world(
        customer(
            "open", event("ticket", 3 * DAY, status="closed"), event("ticket", DAY, status="open")
        ),
        customer(
            "closed", event("ticket", 3 * DAY, status="open"), event("ticket", DAY, status="closed")
        ),
        customer("none"),
    )
    found = root(node, given, "open")
    assert (found.answer, found.flips_at) == (True, NOW + 9 * DAY + MICROSECOND)
    assert found.because == "the newest is of 17 March 2026, 12:00 UTC and fits"
    assert root(node, given, "closed").because == (
        "the newest is of 17 March 2026, 12:00 UTC and does not fit"
    )
    assert root(node, given, "none").because == "there is none"


# ── the rest


def test_what_cannot_be_foretold_is_not_guessed() -> None:
    moving = (trait("within", n.InNext(duration=ONE_DAY)).term,)
    node = n.Latest(events=events("ticket"), has=moving)
    given = world(customer("ada", event("ticket", DAY, value="2026-03-20T12:00:00Z")))
    assert root(node, given, "ada").flips_at is None
    often = tuple(("login", place * HOUR) for place in range(1, 40))
    many = n.Regularly(events=LOGIN, periods=n.Periods(per=ONE_DAY, in_at_least=2, of_last=365))
    assert why(many, *often).flips_at is None


def test_events_of_merged_customers_are_the_survivors() -> None:
    given = world(
        customer("ada", event("b", DAY)),
        GivenCustomer(id="bob", events=(event("a", 3 * DAY),), merged_into="ada"),
    )
    found = root(in_order("a", "b"), given, "ada")
    assert found.reason == StepsReason(steps=(NOW - 3 * DAY, NOW - DAY), of=2)


def test_several_at_once_are_explained_each_by_its_own() -> None:
    where = n.All(children=(in_order("a", "b"), DROPPED, STOPPED, n.Not(child=RESUMED)))
    given = world(
        customer("ada", event("a", 3 * DAY), event("b", DAY), event("cart", 4 * DAY)),
    )
    found = told(where, given, "ada")
    assert [node.answer for node in found.nodes] == [False, True, True, False, True, False]


def test_the_clock_is_that_of_the_zone() -> None:
    start = datetime(2026, 2, 20, 9, tzinfo=UTC)
    node = n.DroppedOff(
        start=events("cart"),
        goal=events("paid"),
        within=n.Duration(count=2, unit="month"),
    )
    given = world(customer("ada", event("cart", NOW - start)))
    found = told({"it": segment(node, "Europe/Berlin")}, given, "ada").nodes[0]
    assert found.reason.end == datetime(2026, 4, 20, 8, tzinfo=UTC)
    assert "until 20 April 2026, 10:00 CEST" in found.because
