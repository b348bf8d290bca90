"""is, in, is_set, is_empty, order and text operators on one value of every kind (clauses 4–7)."""

from __future__ import annotations

import pytest

from catalogue.definitions.nodes import POSITIVE_TWIN, Operator
from tests.catalogue.engine.small_world import having, trait, who

VALUES = {
    "absent": ...,
    "null": None,
    "nan": float("nan"),
    "infinite": float("inf"),
    "empty": "",
    "one text": "1",
    "01 text": "01",
    "1.0 text": "1.0",
    "one": 1,
    "one and a half": 1.5,
    "ten": 10.0,
    "huge": 1e21,
    "zero": 0,
    "true": True,
    "false": False,
    "true text": "true",
    "True text": "True",
    "word": "Straße 100%_a",
    "list": ["1", 1],
    "empty list": [],
    "object": {"a": 1},
    "empty object": {},
}
MISSING = {"absent", "null", "nan", "infinite"}
NUMBERS = {"one text", "01 text", "1.0 text", "one", "one and a half", "ten", "huge", "zero"}
WORLD = having(VALUES)


def matching(operator, operand):
    return who(trait(operator, operand), WORLD)


@pytest.mark.parametrize(
    ("operator", "operand", "expected"),
    [
        ("is", "1", {"one text", "one"}),
        ("is", "01", {"01 text", "one"}),
        ("is", "1.0", {"1.0 text", "one"}),
        ("is", 1, {"one text", "01 text", "1.0 text", "one"}),
        ("is", 1.5, {"one and a half"}),
        ("is", True, {"true", "true text"}),
        ("is", "true", {"true", "true text"}),
        ("is", False, {"false"}),
        ("is", "", {"empty"}),
        ("is", 0, {"zero"}),
        ("is", "[]", set()),
        ("is", '{"a":1}', set()),
        ("in", ("true", 0, "01"), {"true", "true text", "zero", "01 text", "one"}),
        ("in", tuple(range(1, 500)), {"one text", "01 text", "1.0 text", "one", "ten"}),
        ("in", tuple(f"word {i}" for i in range(200)), set()),
        ("gt", 1, {"one and a half", "ten", "huge"}),
        ("gte", 1, {"one text", "01 text", "1.0 text", "one", "one and a half", "ten", "huge"}),
        ("lt", 1, {"zero"}),
        ("lte", 0, {"zero"}),
        (
            "lte",
            1e300,
            {"one text", "01 text", "1.0 text", "one", "one and a half", "ten", "huge", "zero"},
        ),
        ("between", (1.5, 10), {"one and a half", "ten"}),
        ("contains", "STRASSE", set()),
        ("contains", "STRAßE", {"word"}),
        ("contains", "%_A", {"word"}),
        ("contains", "e+", {"huge"}),
        ("contains", "TRU", {"true", "true text", "True text"}),
        ("starts_with", "1", {"one text", "1.0 text", "one", "one and a half", "ten", "huge"}),
        ("starts_with", "t", {"true", "true text"}),
        ("starts_with", "1.5", {"one and a half"}),
        ("ends_with", ".0", {"1.0 text"}),
        ("ends_with", "_a", {"word"}),
        ("matches", "^1$", {"one text", "one"}),
        ("matches", "^10$", {"ten"}),
        ("matches", "(?i)STRA.E 1", {"word"}),
        ("matches", r"^\pL+$", {"true", "false", "true text", "True text"}),
        ("is_set", True, set(VALUES) - MISSING),
        ("is_set", False, MISSING),
        ("is_empty", True, MISSING | {"empty", "empty list"}),
        ("is_empty", False, set(VALUES) - MISSING - {"empty", "empty list"}),
    ],
)
def test_an_operator_is_true_for_exactly_these(operator, operand, expected):
    assert matching(operator, operand) == expected


@pytest.mark.parametrize("negative", sorted(POSITIVE_TWIN))
def test_a_negative_operator_is_the_complement_of_its_twin(negative):
    operand = {
        Operator.NOT_BETWEEN: (1, 2),
        Operator.NOT_IN: ("1", True),
        Operator.HAS_NONE: ("1", True),
    }.get(negative, "1")
    positive = matching(POSITIVE_TWIN[negative], operand)
    assert positive
    assert matching(negative, operand) == set(VALUES) - positive
    assert matching(negative, operand) >= MISSING


def test_a_dot_in_a_pattern_is_no_new_line_and_anchors_are_those_of_the_whole_text():
    lines = having({"two lines": "a\nb"})
    assert who(trait("matches", "a.b"), lines) == set()
    assert who(trait("matches", "^b"), lines) == set()
    assert who(trait("matches", "(?s)a.b"), lines) == {"two lines"}
    assert who(trait("matches", "(?m)^b$"), lines) == {"two lines"}


@pytest.mark.parametrize(
    "text",
    ["'", "''; DROP TABLE x; --", "\\", '"', "%", "_", "\0", "a\0b", "{}", "$1", "?", "é", "💥"],
)
def test_any_text_is_only_a_value(text):
    given = having({"it": text, "other": "other"})
    for operator in ("is", "contains", "starts_with", "ends_with"):
        assert who(trait(operator, text), given) == {"it"}
    assert who(trait("in", (text, *map(str, range(100)))), given) == {"it"}


@pytest.mark.parametrize(
    "name", ["select", "it's", 'a "quoted" one', "50%", "a/b~c", "Größe", "ordinal", "at", "0", "-"]
)
def test_any_name_is_only_a_name(name):
    given = having({"it": 5, "other": {name: 5}}, trait=name)
    assert who(trait("is", 5, name), given) == {"it"}
    assert who(trait("is", 5, name, name), given) == {"other"}


def test_names_are_case_sensitive():
    assert who(trait("is", 1, "Plan"), having({"a": 1}, trait="plan")) == set()


def test_instants_are_texts_as_received_but_equal_to_nothing():
    from datetime import UTC, datetime

    given = having({"it": datetime(2026, 3, 1, 10, tzinfo=UTC)})
    assert who(trait("starts_with", "2026-03-01T10:00:00Z"), given) == {"it"}
    assert who(trait("matches", "^2026"), given) == {"it"}
    assert who(trait("is", "2026-03-01T10:00:00Z"), given) == set()
    assert who(trait("gt", 0), given) == set()
