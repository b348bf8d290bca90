"""Formulas of metrics: read, written back, said in English, and held against the dictionary."""

from __future__ import annotations

from typing import Any

import pytest

from catalogue.definitions.english.formulas import say_formula
from catalogue.definitions.errors import Code, DefinitionError
from catalogue.definitions.formula_checks import uses_of, validate_formula
from catalogue.definitions.formula_forms import parse_formula, write_formula
from catalogue.definitions.vocabulary import Vocabulary

KNOWN = Vocabulary(
    traits={"seats": "number"},
    account_traits={},
    events={"login": {}, "order_paid": {"amount": "number"}},
    segments={"trials"},
    account_segments=set(),
)
MONTH = {"in_last": "30 days"}


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (
            {"count": "login", **MONTH},
            "how often “Login” was done in the last 30 days, as a mean per member",
        ),
        ({"mean": {"trait": "seats"}}, "Seats, as a mean per member"),
        (
            {"share": {"did": "login", **MONTH}},
            "the share of members of whom this is true: has done “Login” in the last 30 days",
        ),
        (
            {"ratio": [{"sum": "amount", "of": "order_paid"}, {"count": "order_paid"}]},
            "the sum of amount over “Order paid” at any time, divided by how often “Order paid” was"
            " done at any time; each added up over all members",
        ),
    ],
)
def test_a_formula_reads_as_a_sentence_and_is_written_back_as_the_same(
    written: dict[str, Any], said: str
) -> None:
    formula = parse_formula(written)
    assert say_formula(formula) == said
    assert parse_formula(write_formula(formula)) == formula
    assert validate_formula(formula, written, KNOWN) == []


@pytest.mark.parametrize(
    ("written", "code", "pointer", "suggestion"),
    [
        ({}, Code.EMPTY_DEFINITION, "/m", None),
        ("login", Code.EMPTY_DEFINITION, "/m", None),
        ({"coun": "login"}, Code.UNKNOWN_CONDITION, "/m/coun", "count"),
        ({"mean": {"coun": "login"}}, Code.UNKNOWN_CONDITION, "/m/mean/coun", "count"),
        ({"mean": {"trait": "seats"}, "in_last": "3 days"}, None, "/m/in_last", None),
        ({"ratio": [{"count": "login"}]}, Code.BAD_VALUE, "/m/ratio", None),
        ({"share": {"subject": "account", "where": {"everyone": True}}}, None, None, None),
        ({"count": "login", "in_last": "0 days"}, None, "/m/in_last", None),
        ({"share": {}}, Code.EMPTY_DEFINITION, "/m/share", None),
    ],
)
def test_what_cannot_be_measured_is_refused_at_its_place(
    written: object, code: Code | None, pointer: str | None, suggestion: str | None
) -> None:
    with pytest.raises(DefinitionError) as refused:
        parse_formula(written, pointer="/m")
    fault = refused.value.faults[0]
    assert pointer is None or fault.pointer == pointer
    assert code is None or fault.code == code
    assert suggestion is None or fault.suggestion == suggestion


@pytest.mark.parametrize(
    ("written", "pointer", "suggestion"),
    [
        ({"count": "logn"}, "/d/count", "login"),
        ({"mean": {"trait": "seat"}}, "/d/mean/trait", "seats"),
        ({"share": {"did": "logn"}}, "/d/share/did", "login"),
        ({"share": {"where": {"in_segment": "trial"}}}, "/d/share/where/in_segment", "trials"),
        ({"ratio": [{"count": "login"}, {"count": "order_payd"}]}, "/d/ratio/1/count", None),
    ],
)
def test_what_nobody_has_heard_of_is_refused_with_the_nearest_word(
    written: dict[str, Any], pointer: str, suggestion: str | None
) -> None:
    with pytest.raises(DefinitionError) as refused:
        validate_formula(parse_formula(written), written, KNOWN, pointer="/d")
    (fault,) = refused.value.faults
    assert fault.pointer == pointer
    assert suggestion is None or fault.suggestion == suggestion


def test_a_formula_says_what_it_looks_at() -> None:
    share = {"all": [{"in_segment": "trials"}, {"trait": "seats", "gt": 3}, {"did": "test_*"}]}
    found = uses_of(parse_formula({"share": share}))
    assert (found.segments, found.traits) == ({"trials"}, {"seats"})
    assert (found.events, found.event_prefixes) == (set(), {"test_"})
