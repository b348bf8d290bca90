"""What is wrong is said at the row and the field it belongs to."""

from __future__ import annotations

import json

import pytest

from catalogue.definitions.errors import Code, Fault
from catalogue.definitions.parse import parse_definition
from catalogue.web.builder.reading import complain, read
from catalogue.web.builder.rules import draw, take
from catalogue.web.builder.show import show
from catalogue.web.builder.words import Words
from tests.catalogue.web.builder.posting import fields_of, posted

PLAN = {"trait": "plan", "is": "pro"}
SEATS = {"trait": "seats", "between": [5, 20]}
LOGIN = {
    "did": "login",
    "where": [{"prop": "size", "gt": 3}],
    "times": {"gte": 2},
    "in_last": "30 days",
}
DEEP = {"not": PLAN}
CONDITIONS = [PLAN, SEATS, LOGIN, DEEP]


def with_field(name: str, value: str) -> list[tuple[str, str]]:
    fields = fields_of(draw(parse_definition({"all": CONDITIONS})))
    assert name in dict(fields)
    return [(key, value if key == name else text) for key, text in fields]


@pytest.mark.parametrize(
    ("field", "typed", "row", "at", "words"),
    [
        ("rule-0-name", "", "0", "name", "Choose a trait."),
        ("rule-0-value", "", "0", "value", "Write a value."),
        ("rule-0-op", "likes", "0", "op", "Choose what to ask"),
        ("rule-1-value", "five", "1", "value", "Write a number"),
        ("rule-1-value2", "1,000", "1", "value2", "without spaces or commas"),
        ("rule-1-value", "30", "1", "value", "30 is above 20"),
        ("rule-1-value", "1e999", "1", "value", "infinity"),
        ("rule-2-event", "", "2", "event", "Choose an event."),
        ("rule-2-n", "0", "2", "n", "Write a whole number"),
        ("rule-2-n", "1.5", "2", "n", "Write a whole number"),
        ("rule-2-unit", "fortnight", "2", "n", "is not a unit of time"),
        ("rule-2-times", "often", "2", "times", "Write a number"),
        ("rule-2-w0-value", "big", "2", "w0-value", "Write a number"),
        ("rule-2-w0-name", "", "2", "w0-name", "Choose a property."),
        ("rule-3-locked", "{", "3", "", "did not arrive whole"),
        ("rule-3-locked", '{"not": {"trait": "plan"}}', "3", "", "needs one operator"),
        ("rule-timezone", "Mars/Base", "", "timezone", "is no time zone"),
    ],
)
def test_each_mistake_has_its_place(field: str, typed: str, row: str, at: str, words: str) -> None:
    found = read(take(posted(with_field(field, typed))))

    assert found.definition is None
    assert [(one.row, one.field) for one in found.complaints] == [(row, at)]
    assert words in found.complaints[0].message


def test_several_mistakes_are_all_said() -> None:
    fields = [
        (key, "" if key in ("rule-0-value", "rule-2-n") else text)
        for key, text in fields_of(draw(parse_definition({"all": CONDITIONS})))
    ]

    assert [one.row for one in read(take(posted(fields))).complaints] == ["0", "2"]


def test_no_row_at_all_is_no_definition() -> None:
    found = read(take(posted([("rule-group", "all")])))

    assert found.definition is None
    assert "There is no condition yet" in found.complaints[0].message


@pytest.mark.parametrize(
    ("pointer", "row", "field"),
    [
        ("/where/all/0/trait", "0", "name"),
        ("/where/all/0/is", "0", "value"),
        ("/where/all/1/between/1", "1", "value2"),
        ("/where/all/2/did", "2", "event"),
        ("/where/all/2/where/0/prop", "2", "w0-name"),
        ("/where/all/2/times/gte", "2", "times"),
        ("/where/all/3/not/trait", "3", ""),
        ("/where/all/17", "", ""),
        ("/where", "", ""),
        ("/timezone", "", "timezone"),
    ],
)
def test_refusals_from_elsewhere_find_their_field(pointer: str, row: str, field: str) -> None:
    rules = draw(parse_definition({"all": CONDITIONS}))
    fault = Fault(code=Code.BAD_VALUE, message="No.", pointer=pointer, suggestion="plan")

    (complaint,) = complain([fault], rules)

    assert (complaint.row, complaint.field) == (row, field)
    assert complaint.message == "No. Did you mean “plan”?"


def test_a_mistake_is_printed_at_its_field() -> None:
    rules = take(posted(with_field("rule-1-value", "five")))

    shown = show(rules, Words(), complaints=read(rules).complaints)

    row = shown.rows[1]
    field = next(part for part in row.parts if part.name == "rule-1-value")
    assert field.described_by == row.errors[0].id
    assert "Write a number" in row.errors[0].message


FORGED = [
    "",
    "null",
    "[]",
    "7",
    '"text"',
    "[" * 100_000,
    '{"all": ' * 3_000 + "1" + "}" * 3_000,
    '{"trait": "\\ud800", "is": 1}',
    '{"\\ud800": 1}',
    '{"trait": "plan", "gt": NaN}',
    '{"trait": "plan", "gt": ' + "9" * 5_000 + "}",
    '{"trait": "plan", "is": {"a": 1}}',
    '{"customers": "any"}',
    '{"where": {"trait": "plan", "is": "pro"}}',
    "[[1]]",
    '[{"trait": "plan", "is": 1}, 3]',
    "<script>",
]


@pytest.mark.parametrize("forged", FORGED, ids=lambda text: text[:24] or "empty")
def test_a_forged_locked_row_is_refused_and_can_be_shown(forged: str) -> None:
    rules = take(posted(with_field("rule-3-locked", forged)))

    found = read(rules)

    assert found.definition is None
    assert {one.row for one in found.complaints} <= {"3", ""}
    assert found.complaints
    shown = show(rules, Words(), complaints=found.complaints)
    assert shown.rows[3].locked == forged
    json.dumps(str(shown), ensure_ascii=False).encode("utf-8")


def test_a_locked_row_may_be_any_condition_the_language_has() -> None:
    text = json.dumps({"did": "login", "in_last": "7 days"})

    found = read(take(posted(with_field("rule-3-locked", text))))

    assert found.definition is not None


@pytest.mark.parametrize(
    "fields",
    [
        [("rule-row", "x")],
        [("rule-row", "0"), ("rule-0-is", "tribe")],
        [("rule-row", "0")],
        [("rule-row", "0"), ("rule-row", "0"), ("rule-0-is", "trait")],
        [("rule-row", "99999999999999999999"), ("rule-group", "some")],
        [
            ("rule-row", "0"),
            ("rule-0-is", "event"),
            ("rule-0-w0-name", "x"),
            ("rule-0-w9-name", "y"),
        ],
        [("rule-row", "²"), ("rule--is", "trait"), ("rule-", "")],
    ],
)
def test_a_form_that_no_page_made_is_refused_not_a_failure(fields: list[tuple[str, str]]) -> None:
    rules = take(posted(fields))

    assert read(rules).complaints
    show(rules, Words())
