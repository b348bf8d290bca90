"""Definitions held against what a workspace knows, and against each other."""

from __future__ import annotations

import pytest

from catalogue.definitions.dependencies import (
    event_prefixes_used,
    events_used,
    order,
    references,
)
from catalogue.definitions.errors import DefinitionError
from catalogue.definitions.nodes import InSegment
from catalogue.definitions.validate import validate
from catalogue.definitions.vocabulary import Vocabulary
from tests.catalogue.definitions.reading import definition, tree

KNOWN = Vocabulary(
    traits={
        "country": "text",
        "seats": "number",
        "opted_in": "boolean",
        "due": "date",
        "tags": "list",
        "company": "object",
        "odd": "mixed",
        "new": None,
    },
    events={
        "login": {},
        "order_paid": {"amount": "number", "sku": "text"},
        "order_refunded": {"amount": "text"},
    },
    segments={"power-users"},
)


def unknown(text: str) -> list[tuple[str, str, str | None]]:
    with pytest.raises(DefinitionError) as caught:
        validate(definition(text), KNOWN)
    return [(str(f.code), f.pointer, f.suggestion) for f in caught.value.faults]


def warnings(text: str) -> list[str]:
    return [warning.pointer for warning in validate(definition(text), KNOWN)]


def test_unknown_words_are_refused_all_at_once_with_the_nearest_known_one() -> None:
    text = """
    all:
      - {trait: contry, is: DE}
      - not: {did: [login, order_payed]}
      - any:
          - {sum: amount, of: order_pai, gt: 5}
          - {in_segment: power-user}
          - {did_not: 'ordr_*'}
          - {trait: zzz.country, is_set: true}
    """
    assert unknown(text) == [
        ("unknown_trait", "/all/0/trait", "country"),
        ("unknown_event", "/all/1/not/did", "order_paid"),
        ("unknown_event", "/all/2/any/0/of", "order_paid"),
        ("missing_reference", "/all/2/any/1/in_segment", "power-users"),
        ("unknown_event", "/all/2/any/2/did_not", "order_paid"),
        ("unknown_trait", "/all/2/any/3/trait", None),
    ]


def test_unknown_events_are_found_in_every_step_and_end() -> None:
    text = """
    all:
      - {sequence: [{did: login}, {did: [order_payed, login]}], in_last: 3 days}
      - dropped_off: {from: logn, to: {did: order_pai, where: [{prop: v, is: x}]}, within: 1 day}
      - {stopped: logi, active_within: 2 days, quiet_for: 1 day}
      - {latest: 'ordr_*', has: [{prop: sku, is: x}]}
      - {active_days: nowhere, gte: 1}
    """
    assert unknown(text) == [
        ("unknown_event", "/all/0/sequence/1/did", "order_paid"),
        ("unknown_event", "/all/1/dropped_off/from", "login"),
        ("unknown_event", "/all/1/dropped_off/to/did", "order_paid"),
        ("unknown_event", "/all/2/stopped", "login"),
        ("unknown_event", "/all/3/latest", "order_paid"),
        ("unknown_event", "/all/4/active_days", None),
    ]


def test_a_pointer_begins_where_the_tree_stands() -> None:
    with pytest.raises(DefinitionError) as caught:
        validate(definition("{trait: x, is: y}"), KNOWN, pointer="/definition/where")
    assert caught.value.faults[0].pointer == "/definition/where/trait"


def test_names_are_case_sensitive() -> None:
    assert unknown("{trait: Country, is: DE}") == [("unknown_trait", "/trait", "country")]


@pytest.mark.parametrize(
    "text",
    [
        "{everyone: true}",
        "{trait: country, contains: D}",
        "{trait: seats, gt: 5}",
        "{trait: seats, starts_with: '4'}",
        "{trait: seats, is: '5'}",
        "{trait: due, in_next: 3 days}",
        "{trait: tags, has_any: [x]}",
        "{trait: country, has_any: [x]}",
        "{trait: tags, item: [{prop: a, is: b}]}",
        "{trait: company.size, gt: 5}",
        "{trait: odd, gt: 5}",
        "{trait: new, before: today}",
        "{trait: tags, is_empty: true}",
        "{did: 'order_*', where: [{prop: sku, is: x}]}",
        "{did: '*'}",
        "{sum: amount, of: order_paid, gt: 5}",
        "{in_segment: power-users#reached}",
    ],
)
def test_what_fits_is_not_warned_of(text: str) -> None:
    assert warnings(text) == []


@pytest.mark.parametrize(
    ("text", "pointers"),
    [
        ("{trait: country, gt: 5}", [""]),
        ("{trait: opted_in, between: [1, 2]}", [""]),
        ("{trait: seats, before: today}", [""]),
        ("{trait: country, in_last: 3 days}", [""]),
        ("{trait: tags, is: x}", [""]),
        ("{trait: company, contains: x}", [""]),
        ("{trait: seats, item: [{prop: a, is: b}]}", [""]),
        ("not: {trait: country, gt: 5}", ["/not"]),
        ("{did: order_paid, where: [{prop: sku, lt: 5}, {prop: amunt, lt: 5}]}",
         ["/where/0", "/where/1/prop"]),
        ("{did: 'order_*', where: [{prop: amount, gt: 5}]}", ["/where/0"]),
        ("{max: price, of: order_paid, gt: 5}", ["/max"]),
        ("{sequence: [{did: login}, {did: order_paid, where: [{prop: sku, gt: 5}]}]}",
         ["/sequence/1/where/0"]),
        ("{dropped_off: {from: login, to: {did: order_paid, where: [{prop: amunt, gt: 5}]},"
         " within: 1 day}}", ["/dropped_off/to/where/0/prop"]),
        ("{latest: order_paid, has: [{prop: amount, gt: 5}, {prop: sku, gt: 5}]}", ["/has/1"]),
        ("{latest: order_paid, where: [{prop: x, is: 1}], has: [{prop: y, is: 5}]}",
         ["/where/0/prop", "/has/0/prop"]),
    ],
)  # fmt: skip
def test_what_does_not_fit_the_dictionary_is_warned_of_and_not_refused(
    text: str, pointers: list[str]
) -> None:
    assert warnings(text) == pointers


def test_references_are_found_everywhere_in_the_order_written() -> None:
    found = references(tree("all: [{in_segment: b}, {not: {any: [{in_segment: 'a#reached'}]}}]"))
    assert found == (InSegment(key="b"), InSegment(key="a", part="reached"))


def test_events_are_found_in_every_step_and_end() -> None:
    found = tree(
        "any: [{sequence: [{did: a}, {did: [b, 'c_*']}]},"
        " {not: {dropped_off: {from: d, to: {did: e}, within: 1 day}}},"
        " {resumed: 'f_*', back_within: 1 day, quiet_within: 2 days}]"
    )
    assert events_used(found) == {"a", "b", "d", "e"}
    assert event_prefixes_used(found) == {"c_", "f_"}


def test_segments_come_after_those_they_are_built_on() -> None:
    found = order(
        {
            "top": definition("all: [{in_segment: left}, {in_segment: right}]"),
            "left": definition("{in_segment: base}"),
            "right": definition("not: {in_segment: base}"),
            "base": definition("{everyone: true}"),
        }
    )
    assert sorted(found) == ["base", "left", "right", "top"]
    assert found[0] == "base"
    assert found[-1] == "top"


@pytest.mark.parametrize(
    "definitions",
    [
        {"a": "{in_segment: a}"},
        {"a": "{not: {in_segment: b}}", "b": "{in_segment: c}", "c": "{in_segment: a}"},
    ],
)
def test_a_circle_is_refused_and_told(definitions: dict[str, str]) -> None:
    with pytest.raises(DefinitionError) as caught:
        order({key: definition(text) for key, text in definitions.items()})
    (fault,) = caught.value.faults
    assert str(fault.code) == "cycle"
    assert all(f"“{key}”" in fault.message for key in definitions)


def test_a_circle_is_told_in_the_direction_of_its_references() -> None:
    with pytest.raises(
        DefinitionError, match="“a” → “b” → “c” → “a”|“b” → “c” → “a” → “b”|“c” → “a” → “b” → “c”"
    ):
        order(
            {
                "a": definition("{in_segment: b}"),
                "b": definition("{in_segment: c}"),
                "c": definition("{in_segment: a}"),
            }
        )


def test_a_reference_to_nothing_is_refused_with_the_nearest_key() -> None:
    with pytest.raises(DefinitionError) as caught:
        order({"a": definition("{in_segment: bse}"), "base": definition("{everyone: true}")})
    (fault,) = caught.value.faults
    assert (str(fault.code), fault.suggestion) == ("missing_reference", "base")


def test_static_lists_may_be_referred_to() -> None:
    found = order({"a": definition("{in_segment: list}")}, static=frozenset({"list"}))
    assert found == ["a"]
