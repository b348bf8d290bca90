"""What the builder draws, and what it locks."""

from __future__ import annotations

from typing import Any

import pytest

from catalogue.definitions.canonical import to_data
from catalogue.definitions.parse import parse_definition
from catalogue.web.builder.reading import read
from catalogue.web.builder.rows import Row
from catalogue.web.builder.rules import MAX_FIELDS, draw
from catalogue.web.builder.show import ShownRow, show
from catalogue.web.builder.words import Word, Words

WORDS = Words(
    traits=(
        Word(name="plan", label="Plan", type="text"),
        Word(name="seats", label="Seats", type="number"),
        Word(name="is_admin", label="Is admin", type="boolean"),
        Word(name="renews_at", label="Renews at", type="date"),
        Word(name="anything", label="Anything", type="mixed"),
    ),
    events=(Word(name="login", label="Signed in"),),
    properties={"login": (Word(name="device", label="Device", type="text"),)},
    segments={"pros": "Pros"},
)


def row_of(condition: object) -> Row:
    (row,) = draw(parse_definition({"all": [condition]})).rows
    return row


def shown(condition: object) -> ShownRow:
    (row,) = show(draw(parse_definition({"all": [condition]})), WORDS).rows
    return row


def sentence(condition: object) -> str:
    """The words of a row and what is chosen or typed in its fields, as somebody reads it."""
    row = shown(condition)
    parts = [part for parts in (row.parts, *(term.parts for term in row.terms)) for part in parts]
    words = []
    for part in parts:
        chosen = [option.label for option in part.options if option.value == part.value]
        words += [] if part.look == "kept" else [(chosen or [part.value])[0].replace("\n", ", ")]
    return " ".join(words)


@pytest.mark.parametrize(
    ("condition", "read_as"),
    [
        ({"trait": "plan", "is": "pro"}, "Plan is pro"),
        ({"trait": "plan", "is_not": "pro"}, "Plan is not pro (or is unknown)"),
        ({"trait": "plan", "in": ["pro", "free"]}, "Plan is one of pro, free"),
        ({"trait": "seats", "between": [5, 20.5]}, "Seats is between 5 and 20.5"),
        ({"trait": "is_admin", "is": True}, "Is admin is true"),
        ({"trait": "plan", "is_set": False}, "Plan is unknown"),
        ({"trait": "plan", "is_empty": True}, "Plan is empty or unknown"),
        ({"trait": "renews_at", "in_next": "30 days"}, "Renews at is in the next 30 days"),
        ({"trait": "renews_at", "before": "today"}, "Renews at is before today"),
        (
            {"trait": "renews_at", "after": "2026-03-01"},
            "Renews at is after the date 2026-03-01",
        ),
        (
            {"trait": "renews_at", "between_dates": ["2026-01-01", "2026-03-31"]},
            "Renews at is from 2026-01-01 through 2026-03-31",
        ),
        ({"trait": "renews_at", "during": "next_month"}, "Renews at is during next month"),
        (
            {"trait": "renews_at", "from": "30 days ago", "to": "2 weeks ago"},
            "Renews at is between 30 days ago and 2 weeks ago",
        ),
        ({"did": "login"}, "has done Signed in at least once at any time"),
        (
            {"did": "login", "times": {"gte": 3}, "in_last": "30 days"},
            "has done Signed in at least 3 times in the last 30 days",
        ),
        (
            {"did": "login", "where": [{"prop": "device", "is": "phone"}]},
            "has done Signed in at least once at any time Device is phone",
        ),
        (
            {"did_not": "login", "older_than": "2 months"},
            "has not done Signed in longer ago than 2 months",
        ),
        (
            {"count": "login", "between": [0, 2], "since": "2026-01-01"},
            "number of times of Signed in is between 0 and 2 times since 2026-01-01",
        ),
        ({"in_segment": "pros"}, "is in segment “Pros”"),
        ({"not": {"in_segment": "pros"}}, "is not in segment “Pros”"),
        ({"none": [{"in_segment": "pros"}]}, "is not in segment “Pros”"),
    ],
)
def test_what_people_ask_most_reads_as_a_sentence(condition: object, read_as: str) -> None:
    assert sentence(condition) == read_as


@pytest.mark.parametrize(
    "condition",
    [
        {"any": [{"trait": "plan", "is": "pro"}, {"trait": "plan", "is": "free"}]},
        {"not": {"trait": "plan", "is": "pro"}},
        {"first_did": "login", "in_last": "30 days"},
        {"last_did": "login", "older_than": "30 days"},
        {"sum": "amount", "of": "login", "gt": 5},
        {"did": ["login", "logout"]},
        {"did": "login", "times": {"gte": 2, "lt": 5}},
        {"did": "login", "since_start_of_day": 0},
        {"did": "login", "from": "2026-01-01", "to": "2026-02-01"},
        {"trait": "plan", "item": [{"prop": "x", "is": 1}]},
        {"trait": "plan", "in": ["pro", 7]},
        {"trait": "plan", "in": ["pro", " free"]},
        {"trait": "plan", "is": "two\nlines"},
        {"trait": "plan", "contains": ""},
        {"did": "login", "where": [{"prop": "a", "is": number} for number in range(6)]},
        {"everyone": True},
        {"sequence": [{"did": "login"}, {"did": "logout", "within": "7 days"}]},
        {"dropped_off": {"from": "login", "to": "logout", "within": "1 day"}},
        {"stopped": "login", "active_within": "14 days", "quiet_for": "7 days"},
        {"resumed": "login", "back_within": "2 days", "quiet_within": "7 days"},
        {"regularly": "login", "per": "7 days", "in_at_least": 3, "of_last": 4},
        {"active_days": "login", "gte": 4, "in_last": "30 days"},
        {"latest": "login", "has": [{"prop": "os", "is": "linux"}]},
        {"held": "plan", "is": "pro", "for_at_least": "7 days"},
        {"top": "10%", "by": {"count": "login"}, "among": {"in_segment": "pros"}},
        {"bottom": 5, "by": {"trait": "seats"}, "among": {"any": [{"did": "login"}]}},
        {"sample": "20%", "salt": "exp-12"},
    ],
)
def test_the_rest_is_locked_and_shown_as_text(condition: object) -> None:
    row = shown(condition)

    assert row.kind == "locked"
    assert row.parts == ()
    assert row.lines
    assert row.yaml
    assert "{" not in "".join(line for _, line in row.lines)
    definition = parse_definition(condition)
    assert read(draw(definition)).definition == definition


@pytest.mark.parametrize(
    ("value", "kind", "text"),
    [
        ("01234", "text", "01234"),
        (1234, "number", "1234"),
        ("1234", "text", "1234"),
        (1e20, "number", "1e+20"),
        (-0.5, "number", "-0.5"),
        (True, "yes_no", "true"),
        ("true", "text", "true"),
        ("", "empty", ""),
        (" pro ", "text", " pro "),
        ("Zoë ✓", "text", "Zoë ✓"),
    ],
)
def test_a_value_keeps_its_kind(value: object, kind: str, text: str) -> None:
    row = row_of({"trait": "anything", "is": value})

    assert (row.fields["kind"], row.fields["value"]) == (kind, text)
    definition = read(draw(parse_definition({"trait": "anything", "is": value}))).definition
    assert definition is not None
    written = to_data(definition)["where"]
    assert isinstance(written, dict)
    assert (written["is"], type(written["is"])) == (value, type(value))


def test_the_kind_of_a_value_is_asked_only_where_the_dictionary_does_not_say_it() -> None:
    def asks(condition: dict[str, Any]) -> bool:
        return any(part.name.endswith("-kind") and part.options for part in shown(condition).parts)

    assert not asks({"trait": "plan", "is": "pro"})
    assert not asks({"trait": "seats", "is": 5})
    assert asks({"trait": "plan", "is": 5})
    assert asks({"trait": "anything", "is": "pro"})


def test_what_the_dictionary_does_not_know_stays_chosen() -> None:
    row = shown({"trait": "company.size", "is": "big"})
    name = row.parts[0]

    assert name.value == "company.size"
    assert [option.label for option in name.options][-1] == "company.size (not in the dictionary)"


@pytest.mark.parametrize(
    ("type_", "first", "offered", "not_offered"),
    [
        ("text", "is", "contains", "gt"),
        ("number", "is", "between", "contains"),
        ("date", "in_last", "anniversary_on", "contains"),
        ("list", "has_any", "is_empty", "is"),
        ("boolean", "is", "is_not", "in"),
    ],
)
def test_the_operators_fit_the_type(type_: str, first: str, offered: str, not_offered: str) -> None:
    words = Words(traits=(Word(name="x", label="X", type=type_),))
    (row,) = show(draw(parse_definition({"trait": "x", "is_set": True})), words).rows
    operators = [option.value for option in row.parts[2].options]

    assert operators[0] == first
    assert offered in operators
    assert not_offered not in operators


def test_one_condition_without_a_group_stays_without() -> None:
    rules = draw(parse_definition({"trait": "plan", "is": "pro"}))

    assert (rules.group, rules.is_bare, len(rules.rows)) == ("all", True, 1)
    assert read(rules).document["where"] == {"trait": "plan", "is": "pro"}


def test_conditions_beyond_what_a_form_can_hold_are_locked_in_one_row_and_kept() -> None:
    conditions = [{"trait": "plan", "is": f"p{number}"} for number in range(450)]
    definition = parse_definition({"any": conditions})

    rules = draw(definition)

    assert 20 < len(rules.rows) < 150
    assert [row.kind for row in rules.rows[-2:]] == ["trait", "locked"]
    assert sum(row.size for row in rules.rows) <= MAX_FIELDS + 3
    assert read(rules).definition == definition
