"""Lists, items and dotted paths, on traits and on event properties (clause 8)."""

from __future__ import annotations

import pytest

from catalogue.definitions import nodes as n
from tests.catalogue.engine.small_world import (
    customer,
    event,
    events,
    having,
    term,
    trait,
    who,
    world,
)

LISTS = having(
    {
        "absent": ...,
        "empty": [],
        "vip": ["vip"],
        "vip and beta": ["vip", "beta"],
        "numbers": [1, 2.5, "3", "01"],
        "booleans": [True, None],
        "nested": [["vip"], {"a": "vip"}],
        "text": "vip",
        "text of a list": '["vip"]',
        "number": 1,
        "object": {"vip": "vip"},
    }
)


@pytest.mark.parametrize(
    ("operator", "operand", "expected"),
    [
        ("has_any", ("vip",), {"vip", "vip and beta", "text"}),
        ("has_any", ("beta", "nothing"), {"vip and beta"}),
        ("has_all", ("vip", "beta"), {"vip and beta"}),
        ("has_all", ("vip",), {"vip", "vip and beta", "text"}),
        ("has_any", (1,), {"numbers", "number"}),
        ("has_any", ("1",), {"numbers", "number"}),
        ("has_all", (1, 3), {"numbers"}),
        ("has_all", (1, "1"), {"numbers", "number"}),
        ("has_any", (True,), {"booleans"}),
        ("has_any", ("true",), {"booleans"}),
        ("contains", "vip", {"text", "text of a list"}),
        ("is", "vip", {"text"}),
    ],
)
def test_a_list_is_judged_by_its_elements(operator, operand, expected):
    assert who(trait(operator, operand), LISTS) == expected


def test_has_none_is_true_on_missing_and_on_the_empty_list():
    everyone = who(n.Everyone(), LISTS)
    assert who(trait("has_none", ("vip",)), LISTS) == everyone - {"vip", "vip and beta", "text"}


ITEMS = having(
    {
        "fits": [{"key": "cars", "value": 50}, {"key": "boats"}],
        "split over two": [{"key": "cars", "value": 1}, {"key": "boats", "value": 50}],
        "one of many": [{"key": "x"}] * 3 + [{"key": "cars", "value": "46"}],
        "no objects": ["cars", 50],
        "empty": [],
        "object alone": {"key": "cars", "value": 50},
        "text": "cars",
        "absent": ...,
        "deep": [{"a": {"b": [{"c": 1}, {"c": 2}]}}],
    }
)


def item(*terms: n.Term) -> n.Trait:
    return trait("item", terms)


def test_all_terms_of_an_item_hold_on_one_element():
    both = item(term("is", "cars", "key"), term("gt", 45, "value"))
    assert who(both, ITEMS) == {"fits", "one of many"}


def test_no_element_is_false_even_for_a_negative_term():
    # An element without the key fits; a list without an object has no element that could.
    assert who(item(term("is_not", "cars", "key")), ITEMS) == {
        "fits",
        "split over two",
        "one of many",
        "deep",
    }


def test_items_reach_into_objects_and_lists_inside():
    inner = term("item", (term("is", 2, "c"),), "a", "b")
    assert who(item(inner), ITEMS) == {"deep"}
    both = term("item", (term("is", 2, "c"), term("is", 1, "c")), "a", "b")
    assert who(item(both), ITEMS) == set()


def test_dates_in_items_are_against_now():
    given = having({"soon": [{"on": "2026-03-20"}], "past": [{"on": "2026-03-01"}]})
    window = n.InNext(duration=n.Duration(count=3, unit="day"))
    assert who(item(term("within", window, "on")), given) == {"soon"}


PATHS = having(
    {
        "number": {"a": {"b": 10}},
        "text": {"a": {"b": "10"}},
        "dotted": {"a.b": 10},
        "null": {"a": {"b": None}},
        "list": {"a": [{"b": 10}]},
        "list inside": {"a": {"b": [10, "x"]}},
        "object inside": {"a": {"b": {}}},
        "boolean": {"a": {"b": True}},
        "scalar": 10,
        "absent": ...,
    }
)


@pytest.mark.parametrize(
    ("path", "operator", "operand", "expected"),
    [
        (("a", "b"), "gte", 10, {"number", "text"}),
        (("a", "b"), "is", "10", {"number", "text"}),
        (("a.b",), "is", 10, {"dotted"}),
        (("a", "b"), "is", True, {"boolean"}),
        (("a", "b"), "starts_with", "1", {"number", "text"}),
        (("a", "b"), "has_any", (10,), {"number", "text", "list inside"}),
        (("a", "b"), "is_set", True, {"number", "text", "list inside", "object inside", "boolean"}),
        (("a", "0"), "is_set", True, set()),
        (("a", "0", "b"), "is", 10, set()),
    ],
)
def test_paths_reach_into_objects_only(path, operator, operand, expected):
    assert who(trait(operator, operand, "value", *path), PATHS) == expected


def test_a_negative_operator_is_true_where_the_path_leads_nowhere():
    everyone = who(n.Everyone(), PATHS)
    assert who(trait("is_not", 10, "value", "a", "b"), PATHS) == everyone - {"number", "text"}


def test_lists_and_paths_work_on_the_properties_of_events():
    given = world(
        customer("a", event("order", items=[{"sku": "x", "n": 2}], cart={"total": 10})),
        customer("b", event("order", items=[{"sku": "y", "n": 2}], cart={"total": "20"})),
        customer("c", event("order", items=["x"])),
    )
    has_x = events("order", where=(term("item", (term("is", "x", "sku"),), "items"),))
    assert who(n.Did(events=has_x), given) == {"a"}
    dear = events("order", where=(term("gt", 15, "cart", "total"),))
    assert who(n.Did(events=dear), given) == {"b"}
    tagged = events("order", where=(term("has_any", ("x",), "items"),))
    assert who(n.Did(events=tagged), given) == {"c"}


def test_many_different_lists_that_fit_are_found():
    given = having({f"c{i}": ["vip", i] if i % 2 else [i] for i in range(300)})
    assert who(trait("has_any", ("vip",)), given) == {f"c{i}" for i in range(1, 300, 2)}
