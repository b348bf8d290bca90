"""Goals as they are written: what they say, what is refused, and what counts as another goal."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from catalogue.definitions.dependencies import goal_key, order
from catalogue.definitions.english.wording import Labels, Wording
from catalogue.definitions.errors import DefinitionError
from catalogue.definitions.goals import (
    Goal,
    goal_faults,
    goal_hash,
    read_goal,
    say_goal,
    write_goal,
)
from catalogue.definitions.nodes import Subject
from catalogue.definitions.parse import parse_definition
from catalogue.definitions.vocabulary import Vocabulary

ENDS = "within: 14 days"


def goal(text: str, subject: Subject = "customer") -> Goal:
    return read_goal(yaml.safe_load("{" + text + "}"), subject=subject)


@pytest.mark.parametrize(
    ("text", "english"),
    [
        (
            "event: subscription_started, within: 14 days, at_least: 25%, by: '2026-12-31'",
            "“Subscription started” within 14 days of entering; at least 25% by 31 December 2026.",
        ),
        (
            "event: subscription_started, within: 1 day, at_least: 12.5%",
            "“Subscription started” within 1 day of entering; at least 12.5%.",
        ),
        ("event: 'order_*', by: '2026-12-31'", "any event that begins with “order_”"),
        ("event: [a, b], where: [{prop: plan, is: pro}], within: 2 weeks", "“A” or “B” (where"),
        (
            "condition: {trait: plan, is: pro}, by: '2026-12-31', at_least: 10%",
            "Plan is pro by 31 December 2026; at least 10%.",
        ),
    ],
)
def test_a_goal_reads_as_a_sentence(text: str, english: str) -> None:
    assert say_goal(goal(text), Wording()).startswith(english)


def test_a_goal_is_said_by_the_labels_of_events() -> None:
    wording = Wording(labels=Labels(events={"a": "Paid"}))
    assert say_goal(goal(f"event: a, {ENDS}"), wording) == "“Paid” within 14 days of entering."


NAMES = st.sampled_from(["a", "b", "order_*"])
SELECTED = st.fixed_dictionaries(
    {"event": NAMES | st.lists(NAMES, min_size=1, unique=True)},
    optional={"where": st.just([{"prop": "plan", "is": "pro"}])},
)
STEP = st.fixed_dictionaries(
    {"did": NAMES}, optional={"where": st.just([{"prop": "seats", "gte": 3}])}
)
AIMED = SELECTED | st.just({"condition": {"trait": "plan", "is": "pro"}})
ENDED = st.fixed_dictionaries(
    {"within": st.sampled_from(["14 days", "1 month"])}, optional={"by": st.just("2026-12-31")}
) | st.just({"by": "2027-01-31"})
FURTHER = st.fixed_dictionaries(
    {},
    optional={
        "at_least": st.sampled_from(["0%", "25%", "12.5%", "100%"]),
        "steps": st.lists(STEP, min_size=1, max_size=10),
    },
)


@given(aim=AIMED, end=ENDED, more=FURTHER)
def test_a_goal_written_and_read_again_is_the_same(
    aim: dict[str, object], end: dict[str, object], more: dict[str, object]
) -> None:
    found = read_goal({**aim, **end, **more})
    assert read_goal(write_goal(found)) == found


@pytest.mark.parametrize(
    ("text", "code", "pointer"),
    [
        ("event: a, within: 0 days", "bad_value", "/goal/within"),
        ("event: a, within: 14", "bad_value", "/goal/within"),
        ("event: a, at_least: 101%, within: 1 day", "bad_value", "/goal/at_least"),
        ("event: a, at_least: -1%, within: 1 day", "bad_value", "/goal/at_least"),
        ("event: a, by: '2026-02-30'", "bad_value", "/goal/by"),
        ("event: a", "bad_window", "/goal"),
        ("within: 1 day", "bad_value", "/goal/event"),
        ("event: [], within: 1 day", "bad_value", "/goal/event"),
        ("event: a, condition: {did: b}, within: 1 day", "bad_value", "/goal/event"),
        ("event: a, where: [{prop: x, iss: 1}], within: 1 day", "unknown_operator",
         "/goal/where/0/iss"),
        ("condition: {}, within: 1 day", "empty_definition", "/goal/condition"),
        ("event: a, steps: [{did: b, until: 3}], within: 1 day", "unknown_operator",
         "/goal/steps/0/until"),
        ("event: a, unless: b, within: 1 day", "unknown_operator", "/goal/unless"),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_refused_where_it_stands(
    text: str, code: str, pointer: str
) -> None:
    with pytest.raises(DefinitionError) as refused:
        goal(text)
    assert [(str(one.code), one.pointer) for one in refused.value.faults] == [(code, pointer)]


def test_accounts_reach_a_condition_and_no_event() -> None:
    with pytest.raises(DefinitionError, match="Customers have events"):
        goal(f"event: a, {ENDS}", "account")
    found = goal(f"condition: {{customers: any, where: {{did: a}}}}, {ENDS}", "account")
    assert found.condition is not None
    assert found.condition.subject == "account"


def test_what_nobody_ever_did_is_told_with_the_nearest_name() -> None:
    known = Vocabulary(events={"order_paid": {}, "login": {}}, traits={"plan": "text"})
    wrong = goal(f"event: order_payed, {ENDS}, steps: [{{did: login}}, {{did: logni}}]")
    assert [(one.pointer, one.suggestion) for one in goal_faults(wrong, known)] == [
        ("/goal/event", "order_paid"),
        ("/goal/steps/1/did", "login"),
    ]
    wrong = goal(f"condition: {{any: [{{did: login}}, {{trait: pln, is: x}}]}}, {ENDS}")
    assert [one.pointer for one in goal_faults(wrong, known)] == ["/goal/condition/any/1/trait"]


def test_only_what_decides_who_reached_it_makes_another_goal() -> None:
    def hashed(text: str) -> str:
        return goal_hash(goal(text), "UTC")

    first = hashed("event: a, within: 14 days")
    assert hashed("event: a, within: 14 days, at_least: 25%, by: '2026-12-31'") == first
    assert hashed("event: a, within: 15 days") != first
    assert hashed("event: b, within: 14 days") != first
    assert hashed("event: a, by: '2026-12-31'") != hashed("event: a, by: '2027-12-31'")
    assert goal_hash(goal("event: a, within: 14 days"), "Europe/Berlin") != first


def test_a_circle_by_way_of_a_goal_is_found() -> None:
    trees = {
        "trying": parse_definition({"trait": "plan", "is": "trial"}),
        goal_key("trying"): parse_definition({"in_segment": "happy"}),
        "happy": parse_definition({"in_segment": "trying#reached"}),
    }
    with pytest.raises(DefinitionError, match="in a circle: “happy”"):
        order(trees)
    whole = trees | {"happy": parse_definition({"in_segment": "trying"})}
    assert order(whole).index("trying") < order(whole).index("happy")
