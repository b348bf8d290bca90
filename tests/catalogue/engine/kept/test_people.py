"""What is remembered of events tells of customers, and of nobody who is none."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from catalogue.definitions.parse import parse_definition
from catalogue.engine.conditions.events import EventCondition
from catalogue.engine.evaluate import plan_of
from catalogue.engine.inputs import SegmentInput
from catalogue.engine.kept.memory import Kept
from catalogue.engine.kept.question import EventQuestion
from tests.generative.growing import GrowingTables, Happened, State

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PAID = [
    {"did": "paid", "in_last": "7 days"},
    {"did": "paid", "times": {"gte": 2}, "in_last": "7 days"},
    {"count": "paid", "in_last": "8 days", "lt": 1},
]


def found(
    state: State, now: datetime, kept: Kept, asked: list[dict[str, object]]
) -> list[list[int]]:
    """For whom each of the conditions is true, before anything is composed of them."""
    segments = {
        str(place): SegmentInput(definition=parse_definition({"where": where}))
        for place, where in enumerate(asked)
    }
    conditions = [
        one for one in plan_of(segments, now).conditions if isinstance(one, EventCondition)
    ]
    assert len(conditions) == len(asked)
    question = EventQuestion(
        names=frozenset({"paid"}), conditions=conditions, tables=GrowingTables(state)
    )
    answer = kept.about_events(question)
    return [list(answer.members[one]) for one in conditions]


def paid(ordinal: int, at: datetime) -> Happened:
    return Happened(ordinal=ordinal, at=at, value=None)


def begin(*, customers: int = 8) -> State:
    rows = [paid(one, NOW - one * DAY - HOUR) for one in range(customers)]
    return State(customers=frozenset(range(customers)), given=customers).with_events("paid", rows)


def without(state: State, *ordinals: int) -> State:
    return replace(state, customers=state.customers - set(ordinals))


def test_who_is_deleted_is_told_of_no_more_and_who_comes_back_is_again() -> None:
    kept, whole = Kept(1 << 30), begin()
    later = whole.with_events("paid", [paid(1, NOW + HOUR)])
    states = [
        whole,
        without(whole, 1, 2),
        # Somebody who is gone does something.
        without(later, 1, 2),
        # Nothing happens, but that two are back.
        later,
        without(later.with_events("paid", [paid(7, NOW + 2 * HOUR)]), 0),
    ]
    for hours, state in enumerate(states):
        now = NOW + hours * HOUR
        following = found(state, now, kept, PAID)
        assert following == found(state, now, Kept(1 << 30), PAID)
        assert {one for some in following for one in some} <= state.customers
    assert {1, 7} <= {one for some in following for one in some}


@pytest.mark.parametrize("days", [1, 2, 3])
def test_two_windows_that_follow_from_the_same_one_do_not_disturb_each_other(days: int) -> None:
    kept, state = Kept(1 << 30), begin(customers=20)
    asked: list[dict[str, object]] = [{"did": "paid", "in_last": "7 days"}]
    found(state, NOW, kept, asked)
    now = NOW + days * DAY
    asked.append({"did": "paid", "in_last": "8 days"})
    for _ in range(2):
        assert found(state, now, kept, asked) == found(state, now, Kept(1 << 30), asked)
        now += HOUR
