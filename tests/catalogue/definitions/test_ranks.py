"""held, top, bottom and sample: how they are read, refused and said, and the words they use."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest

from catalogue.definitions import nodes
from catalogue.definitions.canonical import definition_hash, node_data
from catalogue.definitions.dependencies import (
    event_prefixes_used,
    events_used,
    order,
    references,
    traits_used,
)
from catalogue.definitions.describe import describe, one_line, sentences
from catalogue.definitions.errors import DefinitionError
from catalogue.definitions.linked import linked_line
from catalogue.definitions.nodes import Share
from catalogue.definitions.validate import validate
from tests.catalogue.definitions.reading import definition, only_fault, refusals, tree
from tests.catalogue.definitions.test_validate import KNOWN

BY = "by: {count: login}"
LOGIN = nodes.EventMeasure(function="count", events=nodes.EventSelector(names=("login",)))


# ── reading and writing


def test_defaults_are_filled_in() -> None:
    assert node_data(tree(f"{{top: 10, {BY}}}")) == {
        "top": 10,
        "by": {"count": "login"},
        "among": {"everyone": True},
    }
    assert node_data(tree("{sample: 20%}")) == {"sample": "20%", "salt": "sample"}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (f"{{top: 10, {BY}}}", f"{{top: 10.0, {BY}, among: {{everyone: true}}}}"),
        (f"{{top: 12.50%, {BY}}}", f"{{top: 012.5 %, {BY}}}"),
        ("{sample: 20%}", "{sample: 20.0%, salt: sample}"),
        ("{held: a, is: 1.0, for_at_least: 7 days}", "{held: a, for_at_least: 7 day, is: 1}"),
        ("{top: 1, by: {trait: a}}", "{top: 1, by: {trait: '\"a\"'}}"),
    ],
)
def test_what_means_the_same_has_the_same_hash(one: str, other: str) -> None:
    assert definition(one) == definition(other)
    assert definition_hash(definition(one)) == definition_hash(definition(other))


def test_top_and_bottom_are_two() -> None:
    assert definition(f"{{top: 10, {BY}}}") != definition(f"{{bottom: 10, {BY}}}")
    assert definition(f"{{top: 10, {BY}}}") != definition(f"{{top: 10%, {BY}}}")


def test_a_share_is_kept_exactly() -> None:
    found = tree("{sample: 33.33333333333333333333%}")
    assert isinstance(found, nodes.Sample)
    assert found.share.fraction == Fraction(3333333333333333333333, 10**22)
    assert node_data(found)["sample"] == "33.33333333333333333333%"


# ── refusals


@pytest.mark.parametrize(
    ("text", "pointer", "suggestion"),
    [
        (f"{{top: 0, {BY}}}", "/top", None),
        (f"{{top: -3, {BY}}}", "/top", None),
        (f"{{top: 0.1, {BY}}}", "/top", "10%"),
        (f"{{top: '10', {BY}}}", "/top", "10"),
        (f"{{top: 10 percent, {BY}}}", "/top", "10%"),
        (f"{{bottom: 0%, {BY}}}", "/bottom", None),
        (f"{{bottom: 100.5%, {BY}}}", "/bottom", None),
        (f"{{bottom: true, {BY}}}", "/bottom", None),
        (f"{{bottom: 1e300, {BY}}}", "/bottom", None),
        (f"{{bottom: [1], {BY}}}", "/bottom", None),
        ("{top: 10}", "", None),
        ("{top: 10, by: count}", "/by", None),
        ("{top: 10, by: {}}", "/by", None),
        ("{top: 10, by: {sum: n}}", "/by", None),
        (f"{{top: 10, {BY}, among: {{subject: account}}}}", "/among/subject", None),
        ("{sample: 20}", "/sample", "20%"),
        ("{sample: 0.2}", "/sample", "20%"),
        ("{sample: 20 per cent}", "/sample", "20%"),
        ("{sample: 120%}", "/sample", None),
        ("{sample: -1%}", "/sample", None),
        ("{sample: }", "/sample", None),
        ("{sample: 20%, salt: ''}", "/salt", None),
        ("{held: a, is: b, for_at_least: 7}", "/for_at_least", None),
        ("{held: a, is: b, for_at_least: 7 dys}", "/for_at_least", "7 days"),
        ("{held: a, is: null, for_at_least: 7 days}", "/is", None),
        ("{held: '', is: b, for_at_least: 7 days}", "/held", None),
    ],
)
def test_values_that_cannot_be_used(text: str, pointer: str, suggestion: str | None) -> None:
    assert only_fault(text) == ("bad_value", pointer, suggestion)


@pytest.mark.parametrize(
    ("text", "pointer", "suggestion"),
    [
        ("{top: 10, by: {count: a, gte: 3}}", "/by/gte", None),
        ("{top: 10, by: {trait: a, is: 3}}", "/by/is", None),
        ("{top: 10, by: {trait: a, where: []}}", "/by/where", None),
        ("{top: 10, by: {count: a, were: []}}", "/by/were", "where"),
        (f"{{top: 10, {BY}, amng: {{did: a}}}}", "/amng", "among"),
        (f"{{top: 10, {BY}, in_last: 3 days}}", "/in_last", None),
        ("{sample: 20%, slat: x}", "/slat", "salt"),
        ("{held: a, is: b}", "", "for_at_least"),
        ("{held: a, for_at_least: 7 days}", "", None),
        ("{held: a, iz: b, for_at_least: 7 days}", "/iz", "is"),
        ("{held: a, is: b, for_atleast: 7 days}", "/for_atleast", "for_at_least"),
        ("{held: a, is: b, in: [c], for_at_least: 7 days}", "/in", None),
        (
            "{held: a, is: b, for_at_least: 7 days, for_less_than: 9 days}",
            "/for_less_than",
            "all",
        ),
    ],
)
def test_keys_that_do_not_belong_there(text: str, pointer: str, suggestion: str | None) -> None:
    assert only_fault(text) == ("unknown_operator", pointer, suggestion)


@pytest.mark.parametrize(
    ("text", "pointer", "suggestion"),
    [
        ("{top: 10, by: {summ: n, of: a}}", "/by/summ", "sum"),
        ("{top: 10, by: {did: a}}", "/by/did", "count"),
        ("{top: 10, by: {median: n, of: a}}", "/by/median", "min"),
        ("{top: 10, by: {count: a, trait: b}}", "/by/trait", None),
        (f"{{top: 10, {BY}, among: {{dod: a}}}}", "/among/dod", "did"),
        (f"{{top: 10, bottom: 10, {BY}}}", "/bottom", None),
        (f"{{topp: 10, {BY}}}", "/topp", "top"),
    ],
)
def test_measures_and_conditions_nobody_knows(
    text: str, pointer: str, suggestion: str | None
) -> None:
    assert only_fault(text) == ("unknown_condition", pointer, suggestion)


def test_everything_that_is_wrong_is_told_at_once() -> None:
    text = "{top: 0, by: {count: a, gte: 3, in_next: 3 days}, among: {any: []}}"
    assert [(str(fault.code), fault.pointer) for fault in refusals(text)] == [
        ("bad_value", "/top"),
        ("unknown_operator", "/by/gte"),
        ("bad_window", "/by/in_next"),
        ("empty_definition", "/among/any"),
    ]


def test_what_stands_in_among_counts_towards_depth_and_length() -> None:
    deep = f"{{top: 1, {BY}, among: " * 19 + "{did: a}" + "}" * 19
    assert len(list(nodes.walk(tree(deep)))) == 20
    too_deep = f"{{top: 1, {BY}, among: {deep}}}"
    (fault,) = refusals(too_deep)
    assert str(fault.code) == "too_large"


@pytest.mark.parametrize(
    "build",
    [
        lambda: Share(percent=Decimal("100.1")),
        lambda: Share(percent=Decimal(-1)),
        lambda: Share(percent=Decimal("nan")),
        lambda: nodes.Top(size=0, by=LOGIN, among=nodes.Everyone()),
        lambda: nodes.Bottom(size=True, by=LOGIN, among=nodes.Everyone()),
        lambda: nodes.Top(size=Share(percent=Decimal(0)), by=LOGIN, among=nodes.Everyone()),
        lambda: nodes.Sample(share=Share(percent=Decimal(1)), salt=""),
        lambda: nodes.TraitMeasure(path=()),
        lambda: nodes.EventMeasure(function="sum", events=LOGIN.events),
        lambda: nodes.EventMeasure(
            function="count",
            events=LOGIN.events,
            window=nodes.InNext(duration=nodes.Duration(count=1, unit="day")),
        ),
    ],
)
def test_none_of_them_can_be_built_wrong(build: object) -> None:
    with pytest.raises(DefinitionError):
        build()  # type: ignore[operator]


# ── English


@pytest.mark.parametrize(
    ("text", "english"),
    [
        (
            "{held: status, is: trial, for_less_than: 1 month}",
            "Status is trial, and has been so for less than 1 month",
        ),
        (
            "{held: country, is_not: DE, for_at_least: 7 days}",
            "Country is not DE (or is unknown), and has been so for at least 7 days",
        ),
        (
            "{top: 10, by: {count: login, in_last: 7 days}}",
            "is in the top 10 by how often “Login” was done in the last 7 days",
        ),
        ("{bottom: 1, by: {trait: seats}}", "is in the bottom 1 by Seats"),
        (
            "{bottom: 12.5%, by: {avg: amount, of: order_paid, where: [{prop: sku, is: x}]}}",
            "is in the bottom 12.5 % by the average amount of “Order paid” (where sku is x) at any"
            " time",
        ),
        (
            "{top: 5, by: {min: amount, of: order_paid}}",
            "is in the top 5 by the smallest amount of “Order paid” at any time",
        ),
        (
            "{top: 5, by: {max: amount, of: order_paid}}",
            "is in the top 5 by the largest amount of “Order paid” at any time",
        ),
        (
            "{top: 5, by: {count_distinct: sku, of: order_paid}}",
            "is in the top 5 by the number of different values of sku in “Order paid” at any time",
        ),
        (
            "{top: 1%, by: {trait: seats}, among: {in_segment: paying}}",
            "is in the top 1 % by Seats, among customers of whom this is true: is in segment"
            " “Paying”",
        ),
        ("{sample: 20%, salt: exp-12}", "is in the sample “exp-12” of 20 % of all customers"),
    ],
)
def test_a_condition_reads_as_a_sentence(text: str, english: str) -> None:
    assert one_line(definition(text)) == english
    assert describe(definition(text)).lines[1:] == [(1, english)]


def test_a_group_it_is_made_among_stands_below_it() -> None:
    text = (
        "{all: [{top: 3, by: {trait: seats}, among: {any: [{trait: a, is: 1}, {did: b}]}},"
        " {did: c}]}"
    )
    found = definition(text)
    assert describe(found).lines[1:] == [
        (1, "is in the top 3 by Seats, among customers of whom this is true:"),
        (2, "at least one of these is true:"),
        (3, "A is 1"),
        (3, "has done “B” at any time"),
        (1, "has done “C” at any time"),
    ]
    assert one_line(found) == (
        "(is in the top 3 by Seats, among customers of whom this is true: (A is 1 or has done “B”"
        " at any time)) and has done “C” at any time"
    )


def test_a_single_condition_it_is_made_among_is_said_with_it() -> None:
    said = sentences(definition("{top: 3, by: {trait: seats}, among: {did: b}}"))
    assert [(one.pointer, one.folded) for one in said] == [
        ("/where", False),
        ("/where/among", True),
    ]


def test_names_and_values_are_linked() -> None:
    text = (
        "{all: [{held: plan, is: pro, for_at_least: 7 days}, {top: 12.5%, by: {sum: amount, of:"
        " order_paid}, among: {in_segment: vips}}, {sample: 20%, salt: x}]}"
    )
    named = [span for span in linked_line(definition(text)) if span.kind != "text"]
    assert [(span.kind, span.name or span.text) for span in named] == [
        ("trait", "plan"),
        ("value", "pro"),
        ("value", "7 days"),
        ("value", "12.5"),
        ("property", "amount"),
        ("event", "order_paid"),
        ("segment", "vips"),
        ("value", "“x”"),
        ("value", "20"),
    ]


# ── the dictionary and other segments

WHOLE = """
all:
  - {held: due.at, before: today, for_at_least: 7 days}
  - top: 10
    by: {sum: amount, of: [order_paid, 'log*'], where: [{prop: sku, is: x}]}
    among: {any: [{in_segment: power-users}, {bottom: 5, by: {trait: seats}, among: {did: login}}]}
"""


def test_what_they_use_is_found_wherever_it_stands() -> None:
    found = tree(WHOLE)
    assert traits_used(found) == {"due", "seats"}
    assert events_used(found) == {"order_paid", "login"}
    assert event_prefixes_used(found) == {"log"}
    assert [one.key for one in references(found)] == ["power-users"]
    definitions = {"a": definition(WHOLE), "power-users": definition("{everyone: true}")}
    assert order(definitions) == ["power-users", "a"]
    assert validate(definition(WHOLE), KNOWN) == []


def test_unknown_words_are_refused_where_they_stand() -> None:
    text = """
    all:
      - {held: contry, is: DE, for_at_least: 7 days}
      - {top: 1, by: {trait: seat}}
      - {top: 1, by: {count: logn}, among: {in_segment: power-user}}
      - {top: 1, by: {sum: amount, of: order_pai}, among: {not: {trait: contry, is: DE}}}
    """
    with pytest.raises(DefinitionError) as caught:
        validate(definition(text), KNOWN)
    assert [(str(f.code), f.pointer, f.suggestion) for f in caught.value.faults] == [
        ("unknown_trait", "/all/0/held", "country"),
        ("unknown_trait", "/all/1/by/trait", "seats"),
        ("unknown_event", "/all/2/by/count", "login"),
        ("missing_reference", "/all/2/among/in_segment", "power-users"),
        ("unknown_event", "/all/3/by/of", "order_paid"),
        ("unknown_trait", "/all/3/among/not/trait", "country"),
    ]


def test_odd_words_are_warned_of_where_they_stand() -> None:
    text = """
    all:
      - {held: tags, gt: 5, for_at_least: 7 days}
      - {top: 1, by: {trait: opted_in}}
      - {top: 1, by: {trait: seats}}
      - {top: 1, by: {trait: new}}
      - {top: 1, by: {sum: amuont, of: order_paid, where: [{prop: sku, gt: 1}]}}
    """
    warned = validate(definition(text), KNOWN, pointer="/where")
    assert [(warning.pointer, warning.suggestion) for warning in warned] == [
        ("/where/all/0", None),
        ("/where/all/1/by", None),
        ("/where/all/4/by/sum", "amount"),
        ("/where/all/4/by/where/0", None),
    ]
