"""Conditions are asked in the form that costs least, and mean the same."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from catalogue.definitions.parse import parse_definition
from catalogue.engine.conditions.events import EventCondition
from catalogue.engine.evaluate import plan_of
from catalogue.engine.inputs import SegmentInput
from catalogue.engine.scans import Condition
from catalogue.engine.simpler import as_they_are, simpler

NOW = datetime(2026, 5, 1, tzinfo=UTC)
KNOWN = ("login", "logout", "order_paid")


def conditions(where: dict[str, object]) -> tuple[Condition, ...]:
    definition = parse_definition({"where": where})
    return plan_of({"one": SegmentInput(definition=definition)}, NOW).conditions


def names(condition: Condition) -> set[str]:
    assert isinstance(condition, EventCondition)
    return set(condition.selection.among(KNOWN))


def test_one_of_several_events_is_one_of_each() -> None:
    asked = simpler(conditions({"did": ["login", "logout"], "in_last": "7 days"}), KNOWN)

    assert [names(one) for one in asked.conditions] == [{"login"}, {"logout"}]
    assert [list(parts) for parts in asked.parts.values()] == [list(asked.conditions)]


def test_a_prefix_is_each_event_that_there_is() -> None:
    asked = simpler(conditions({"did": "log*"}), KNOWN)
    assert [names(one) for one in asked.conditions] == [{"login"}, {"logout"}]


def test_what_one_segment_asks_of_one_event_is_asked_once_for_both() -> None:
    of_all = {"did": "*", "in_last": "7 days"}
    of_one = {"did": "login", "in_last": "7 days"}
    asked = simpler(conditions({"any": [of_all, of_one]}), KNOWN)
    assert len(asked.conditions) == len(KNOWN)


@pytest.mark.parametrize(
    ("measure", "counted"),
    [
        ({"max": "amount", "gte": 10}, True),
        ({"max": "amount", "gt": 10}, True),
        ({"min": "amount", "lt": 10}, True),
        ({"min": "amount", "lte": 10}, True),
        ({"max": "amount", "lt": 10}, False),
        ({"max": "amount", "between": [1, 10]}, False),
        ({"min": "amount", "gte": 10}, False),
        ({"sum": "amount", "gte": 10}, False),
    ],
)
def test_the_largest_above_a_bound_is_a_number_above_it(
    measure: dict[str, object], counted: bool
) -> None:
    asked = simpler(conditions({**measure, "of": "order_paid"}), KNOWN)
    (condition,) = asked.conditions
    assert isinstance(condition, EventCondition)
    assert (condition.measure.function == "count") is counted


@pytest.mark.parametrize(
    "where",
    [
        {"count": ["login", "logout"], "gte": 2},
        {"count": ["login", "logout"], "lt": 1},
        {"last_did": ["login", "logout"], "in_last": "7 days"},
    ],
)
def test_what_several_events_decide_together_is_asked_of_all(where: dict[str, object]) -> None:
    asked = simpler(conditions(where), KNOWN)
    assert [names(one) for one in asked.conditions] == [{"login", "logout"}]
    assert not asked.parts


def test_whoever_needs_figures_asks_everything_itself() -> None:
    given = conditions({"did": ["login", "logout"]})
    assert as_they_are(given).conditions == given
