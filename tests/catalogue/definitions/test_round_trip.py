"""File → tree → file is the identity on the tree, in YAML, in JSON and in the canonical form."""

from __future__ import annotations

import hashlib
import io
import json

import pytest
from hypothesis import HealthCheck, given, settings
from ruamel.yaml import YAML

from catalogue.definitions import canonical
from catalogue.definitions.canonical import (
    canonical_json,
    definition_hash,
    from_canonical,
    node_data,
    to_data,
)
from catalogue.definitions.describe import describe, one_line
from catalogue.definitions.heads import HEADS, head_of
from catalogue.definitions.layout import format_yaml
from catalogue.definitions.nodes import Definition, Operator, Term, Trait, walk
from catalogue.definitions.parse import parse_definition, read_yaml
from catalogue.segments.documents import to_yaml
from tests.catalogue.definitions.reading import definition, tree
from tests.catalogue.definitions.trees import definitions, of_all_kinds

many = settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))


def as_yaml(data: object) -> str:
    yaml = YAML(typ="safe", pure=True)
    # A block of width 80 would fold long texts; folding is YAML's business, not ours.
    yaml.width = 10_000
    text = io.StringIO()
    yaml.dump(data, text)
    return text.getvalue()


@many
@given(definitions)
def test_a_tree_written_as_json_and_read_as_yaml_is_the_same(tree: Definition) -> None:
    (document,) = read_yaml(json.dumps(to_data(tree)))
    assert parse_definition(document.data) == tree


HEADS_SEEN: set[str] = set()


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(of_all_kinds)
def yaml_json_and_tree_say_the_same_whichever_comes_first(tree: Definition) -> None:
    HEADS_SEEN.update(head_of(node).name for node in walk(tree.where))
    data = to_data(tree)
    as_json = json.dumps(data)
    for text in (to_yaml(data), format_yaml(to_yaml(data)), as_json, format_yaml(as_json)):
        (document,) = read_yaml(text)
        # The plain values of YAML are those of JSON, types included.
        assert json.dumps(document.data) == as_json
        again = parse_definition(document.data)
        assert again == tree
        assert json.dumps(to_data(again)) == as_json


def test_yaml_json_and_tree_say_the_same_for_definitions_with_every_head() -> None:
    yaml_json_and_tree_say_the_same_whichever_comes_first()
    assert set(HEADS) == HEADS_SEEN


@pytest.mark.parametrize(
    "text", ["\x85", "a\x85b", "\u2028x", "\ufeff", " x ", "a\n\x85 b", "- a", "a: b"]
)
def test_our_yaml_keeps_every_character(text: str) -> None:
    for written in (to_yaml({"a": text}), format_yaml(to_yaml({"a": text}))):
        assert [one.data for one in read_yaml(written)] == [{"a": text}]


@many
@given(definitions)
def test_a_tree_is_the_same_after_its_canonical_form(tree: Definition) -> None:
    text = canonical_json(tree)
    again = from_canonical(text)
    assert again == tree
    assert hash(again) == hash(tree)
    assert canonical_json(again) == text
    assert definition_hash(again) == definition_hash(tree)


@many
@given(definitions)
def test_the_short_form_means_the_long_one(tree: Definition) -> None:
    where = node_data(tree.where)
    # Only customers are meant where nothing is said.
    written = where if tree.subject == "customer" else {"subject": "account", "where": where}
    assert parse_definition(written, default_timezone=tree.timezone) == tree


@many
@given(definitions)
def test_every_tree_can_be_said_in_english(tree: Definition) -> None:
    lines = describe(tree).lines
    assert lines[0][0] == 0
    assert all(text and depth >= 0 for depth, text in lines)
    assert one_line(tree)


def test_a_tree_survives_yaml_written_by_hand() -> None:
    text = (
        "timezone: Europe/Berlin\n"
        "where:\n"
        "  all:\n"
        "    - {trait: '\"a.b\".c', is: 'NO'}\n"
        "    - {trait: due, from: 2026-01-01T12:30:15.25+02:00, to: 2026-02-01}\n"
        "    - {did: [a, 'test_*', b], times: {lt: 9, gte: 2.0},"
        " from: 3 weeks ago, to: 1 day ago}\n"
    )
    found = definition(text)
    assert to_data(found)["where"] == {
        "all": [
            {"trait": '"a.b".c', "is": "NO"},
            {"trait": "due", "from": "2026-01-01T10:30:15.25Z", "to": "2026-02-01"},
            {
                "did": ["a", "b", "test_*"],
                "times": {"gte": 2, "lt": 9},
                "from": "3 week ago",
                "to": "1 day ago",
            },
        ]
    }
    (document,) = read_yaml(as_yaml(to_data(found)))
    assert parse_definition(document.data) == found


def test_the_canonical_form_is_fixed_for_ever() -> None:
    """Hashes are kept in tools and receipts: a change here is a change of every one of them."""
    found = definition("{count: login, in_last: 2 weeks, gte: 3.0}", "Europe/Berlin")
    text = (
        '{"subject":"customer","timezone":"Europe/Berlin",'
        '"where":{"count":"login","gte":3,"in_last":"2 week"}}'
    )
    assert canonical_json(found) == text
    assert definition_hash(found) == hashlib.sha256(text.encode()).hexdigest()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("{trait: a, gt: 2.0}", "{trait: a, gt: 2}"),
        ("{trait: a, gt: 1e3}", "{trait: a, gt: 1000}"),
        ("{trait: a, gt: -0.0}", "{trait: a, gt: 0}"),
        ("{did: a, in_last: 1 days}", "{did: a, in_last: 1 day}"),
        ("{did: [a]}", "{did: a}"),
        ("{did: [a, a]}", "{did: a}"),
        ("{did: a, times: {gte: 1, lt: 9}}", "{did: a, times: {lt: 9, gte: 1}}"),
        ("{trait: a, after: 2026-01-01T01:00+01:00}", "{trait: a, after: 2026-01-01 00:00Z}"),
        ("{trait: a, on: 2026-01-01T23:30Z}", "{trait: a, on: 2026-01-01}"),
        ("where: {did: a}", "{did: a}"),
        ("{trait: '\"a\"', is: b}", "{trait: a, is: b}"),
        (
            "{dropped_off: {from: {did: [a]}, to: b, within: 1 days}}",
            "{dropped_off: {within: 1 day, to: {did: b}, from: a}}",
        ),
        (
            "{regularly: a, per: 1 day, in_at_least: 1.0, of_last: 2}",
            "{regularly: a, per: 1 days, in_at_least: 1, of_last: 2}",
        ),
    ],
)
def test_what_means_the_same_has_the_same_hash(one: str, other: str) -> None:
    assert definition(one) == definition(other)
    assert definition_hash(definition(one)) == definition_hash(definition(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("{trait: a, is: 1}", "{trait: a, is: true}"),
        ("{trait: a, in: [0, 1]}", "{trait: a, in: [false, true]}"),
        ("{trait: a, is: 1}", "{trait: a, is: '1'}"),
        ("{did: a, in_last: 7 days}", "{did: a, in_last: 1 week}"),
        ("{trait: a, in: [x, y]}", "{trait: a, in: [y, x]}"),
        ("{trait: a.b, is: x}", "{trait: '\"a.b\"', is: x}"),
        ("{trait: a, is_set: false}", "{not: {trait: a, is_set: true}}"),
        ("{trait: a, before: 2026-01-01}", "{trait: a, before: 2026-01-01T00:00Z}"),
    ],
)
def test_what_is_written_differently_is_another_tree(one: str, other: str) -> None:
    assert definition(one) != definition(other)
    assert definition_hash(definition(one)) != definition_hash(definition(other))


def test_conditions_that_differ_only_in_true_and_1_are_two_keys_of_a_mapping() -> None:
    one, other = tree("{trait: a, is: 1}"), tree("{trait: a, is: true}")
    assert len({one: 1, other: 2}) == 2


def test_whole_numbers_at_the_edge_of_exactness_keep_their_value() -> None:
    for value in (2**53 - 1, 2**53, 2**60, -(2**53)):
        found = parse_definition({"trait": "a", "is": value})
        assert isinstance(found.where, Trait)
        assert found.where.term == Term(path=("a",), operator=Operator.IS, operand=value)
        assert from_canonical(canonical_json(found)) == found


def test_a_whole_number_is_kept_as_one_however_it_is_written() -> None:
    found = parse_definition({"trait": "a", "in": [2.0, -0.0, 1e3, 2.5]})
    assert isinstance(found.where, Trait)
    assert repr(found.where.term.operand) == "(2, 0, 1000, 2.5)"


def test_a_day_is_that_of_the_definitions_zone() -> None:
    found = definition("timezone: Asia/Kathmandu\nwhere: {trait: a, on: 2026-01-01T23:30Z}")
    assert canonical.to_data(found)["where"] == {"trait": "a", "on": "2026-01-02"}
