"""What is too deep or too long, and where faults are said to stand."""

from __future__ import annotations

import pytest

from catalogue.definitions.errors import DefinitionError
from catalogue.definitions.parse import parse_definition
from tests.catalogue.definitions.reading import refusals


def nested(depth: int) -> object:
    data: object = {"everyone": True}
    for _ in range(depth - 1):
        data = {"not": data}
    return data


def code_of(data: object) -> str | None:
    try:
        parse_definition(data)
    except DefinitionError as error:
        return str(error.code)
    return None


def test_twenty_levels_are_allowed_and_no_more() -> None:
    assert code_of(nested(20)) is None
    assert code_of(nested(21)) == "too_large"
    assert code_of(nested(5000)) == "too_large"


def test_five_hundred_nodes_are_allowed_and_no_more() -> None:
    assert code_of({"all": [{"everyone": True}] * 499}) is None
    assert code_of({"all": [{"everyone": True}] * 500}) == "too_large"


def test_ten_thousand_listed_values_are_allowed_and_no_more() -> None:
    half = {"trait": "a", "in": [f"x{number}" for number in range(5000)]}
    also = {"did": "e", "where": [{"prop": "p", "has_any": list(range(5000))}]}
    assert code_of({"all": [half, also]}) is None
    assert code_of({"all": [half, also, {"trait": "b", "in": ["y"]}]}) == "too_large"
    inside = {"trait": "a", "item": [{"prop": "p", "in": list(range(10_001))}]}
    assert code_of(inside) == "too_large"


def test_deep_items_are_refused_rather_than_followed_for_ever() -> None:
    item: dict[str, object] = {"prop": "a", "is": 1}
    for _ in range(3000):
        item = {"prop": "a", "item": [item]}
    assert code_of({"did": "e", "where": [item]}) == "too_large"


def test_every_fault_is_told_at_once_with_its_line_and_column() -> None:
    text = (
        "timezone: Nowhere\n"
        "where:\n"
        "  all:\n"
        "    - {trait: plan, iss: pro}\n"
        "    - did: login\n"
        "      where: [{prop: a, gt: x}, {prop: b}]\n"
        "      in_last: soon\n"
    )
    found = [(str(f.code), f.pointer, f.line, f.column) for f in refusals(text)]
    assert found == [
        ("bad_value", "/timezone", 1, 1),
        ("unknown_operator", "/where/all/0/iss", 4, 21),
        ("bad_value", "/where/all/1/where/0/gt", 6, 25),
        ("unknown_operator", "/where/all/1/where/1", 6, 33),
        ("bad_value", "/where/all/1/in_last", 7, 7),
    ]


def test_a_pointer_begins_where_the_document_stands_in_a_larger_one() -> None:
    with pytest.raises(DefinitionError) as caught:
        parse_definition({"where": {"did": ""}}, pointer="/definition")
    assert caught.value.faults[0].pointer == "/definition/where/did"


def test_names_with_slash_and_tilde_are_escaped_in_pointers() -> None:
    (fault,) = refusals("{trait: a, 'x/y~z': 1}")
    assert fault.pointer == "/x~1y~0z"


def test_half_characters_are_refused_in_plain_data_too() -> None:
    assert code_of({"trait": "a", "is": "\ud800"}) == "bad_value"
    assert code_of({"did": "\udc00"}) == "bad_value"


def test_a_key_that_is_no_text_is_refused() -> None:
    assert code_of({"trait": "a", 5: "x"}) == "bad_value"
