"""Accounts in the language: who is judged where, what is said, which words are used."""

from __future__ import annotations

import pytest

from catalogue.definitions import nodes as n
from catalogue.definitions.dependencies import account_traits_used, subjects_named, traits_used
from catalogue.definitions.describe import Labels, describe, one_line
from catalogue.definitions.errors import DefinitionError
from catalogue.definitions.linked import linked_line
from catalogue.definitions.nodes import Definition, Operator, Term
from catalogue.definitions.segment_file import parse_segment_files
from catalogue.definitions.validate import validate
from catalogue.definitions.vocabulary import Vocabulary
from tests.catalogue.definitions.reading import definition, refusals

LOGIN = n.Did(events=n.EventSelector(names=("login",)))
TIER = Term(path=("tier",), operator=Operator.IS, operand="business")
LABELS = Labels(traits={"tier": "Level"}, account_traits={"tier": "Tariff"})


@pytest.mark.parametrize(
    ("where", "subject"),
    [
        (LOGIN, "account"),
        (n.Not(child=LOGIN), "account"),
        (n.AccountTrait(term=TIER), "account"),
        (n.AccountMembers(how="any", where=LOGIN), "account"),
        (n.Customers(how="any", where=LOGIN), "customer"),
        (n.Customers(how="any", where=n.Customers(how="any", where=LOGIN)), "account"),
        (n.AccountMembers(how="any", where=n.Customers(how="any", where=LOGIN)), "customer"),
    ],
)
def test_a_definition_that_mixes_subjects_cannot_be_built(
    where: n.Node, subject: n.Subject
) -> None:
    with pytest.raises(DefinitionError) as refused:
        Definition(where=where, subject=subject)
    assert str(refused.value.code) == "bad_value"


@pytest.mark.parametrize(
    ("text", "pointer", "suggestion"),
    [
        ("{subject: account, where: {did: login}}", "/where/did", "customers"),
        (
            "{subject: account, where: {all: [{not: {count: a, gt: 1}}]}}",
            "/where/all/0/not/count",
            "customers",
        ),
        (
            "{subject: account, where: {account_trait: tier, is: a}}",
            "/where/account_trait",
            "trait",
        ),
        (
            "{subject: account, where: {account_members: any, where: {did: a}}}",
            "/where/account_members",
            "customers",
        ),
        ("{customers: any, where: {did: a}}", "/customers", "account_members"),
        (
            "{account_members: any, where: {customers: any, where: {did: a}}}",
            "/where/customers",
            "account_members",
        ),
        ("{account_members: al, where: {did: a}}", "/account_members", "all"),
        ("{subject: accounts, where: {everyone: true}}", "/subject", "account"),
    ],
)
def test_a_head_about_somebody_else_is_refused_with_what_to_write(
    text: str, pointer: str, suggestion: str
) -> None:
    (fault,) = refusals(text)
    assert (str(fault.code), fault.pointer, fault.suggestion) == ("bad_value", pointer, suggestion)


def test_the_sentence_shows_how_to_ask_it_of_the_customers() -> None:
    (fault,) = refusals("{subject: account, where: {first_did: login}}")
    assert "{customers: any, where: {first_did: …}}" in fault.message


def test_everything_wrong_is_told_at_once() -> None:
    text = "{subject: account, where: {any: [{did: a}, {customers: sum, where: {did_not: }}]}}"
    assert {fault.pointer for fault in refusals(text)} == {
        "/where/any/0/did",
        "/where/any/1/customers",
        "/where/any/1/where/did_not",
    }


def test_levels_of_accounts_count_as_depth() -> None:
    nested: n.Node = LOGIN
    for _ in range(19):
        nested = n.AccountMembers(how="all", where=nested)
    Definition(where=nested)
    with pytest.raises(DefinitionError) as refused:
        Definition(where=n.AccountMembers(how="all", where=nested))
    assert str(refused.value.code) == "too_large"


# ── English


@pytest.mark.parametrize(
    ("text", "english"),
    [
        ("{account_trait: tier, is_not: a}", "Tariff of the account is not a (or is unknown)"),
        ("{account_trait: tier.x, is_set: false}", "Tariff › x of the account is unknown"),
        ("{trait: tier, is: a}", "Level is a"),
        (
            "{account_members: all, where: {trait: tier, is: a}}",
            "belongs to an account where this is true for every customer: Level is a",
        ),
        (
            "{account_members: none, where: {account_trait: tier, is: a}}",
            "belongs to an account where this is true for no customer: Tariff of the account is a",
        ),
        ("{subject: account, where: {trait: tier, is: a}}", "Tariff is a"),
        ("{subject: account, where: {everyone: true}}", "is any account"),
        (
            "{subject: account, where: {customers: all, where: {trait: tier, is: a}}}",
            "this is true for every customer, or there is none: Level is a",
        ),
        (
            "{subject: account, where: {customers: any, where: {everyone: true}}}",
            "this is true for at least one customer: is any customer",
        ),
        (
            "{all: [{account_members: any, where: {any: [{did: a}, {did: b}]}}, {did: c}]}",
            "(belongs to an account where this is true for at least one customer: has done “A” at"
            " any time or has done “B” at any time) and has done “C” at any time",
        ),
        (
            "{not: {account_members: any, where: {did: a}}}",
            "not true: belongs to an account where this is true for at least one customer: has done"
            " “A” at any time",
        ),
    ],
)
def test_it_is_said_on_one_line(text: str, english: str) -> None:
    assert one_line(definition(text), labels=LABELS) == english


def test_it_is_said_as_a_block() -> None:
    tree = definition(
        "{subject: account, where: {any: [{trait: tier, is: a},"
        " {customers: any, where: {all: [{did: login}, {trait: tier, is: b}]}}]}}"
    )
    assert str(describe(tree, labels=LABELS)).splitlines() == [
        "An account belongs when at least one of these is true:",
        "  Tariff is a",
        "  this is true for at least one customer:",
        "    all of these are true:",
        "      has done “Login” at any time",
        "      Level is b",
    ]
    alone = definition("{account_members: any, where: {did: login}}")
    assert str(describe(alone)).splitlines() == [
        "A customer belongs when this is true:",
        "  belongs to an account where this is true for at least one customer:",
        "    has done “Login” at any time",
    ]


def test_names_are_marked_as_those_of_accounts_or_customers() -> None:
    tree = definition(
        "{subject: account, where: {all: [{trait: tier, is: a},"
        " {customers: any, where: {all: [{trait: tier, is: b}, {account_trait: size, gt: 1}]}}]}}"
    )
    marked = [(one.kind, one.name) for one in linked_line(tree) if one.name]
    assert marked == [("account_trait", "tier"), ("trait", "tier"), ("account_trait", "size")]


# ── words


def test_traits_are_used_of_whom_they_are() -> None:
    tree = definition(
        "{subject: account, where: {all: [{trait: a.x, is: 1}, {customers: any, where:"
        " {any: [{trait: b, is: 1}, {account_trait: c, is: 1}, {in_segment: people}]}},"
        " {in_segment: firms}]}}"
    )
    assert account_traits_used(tree.where, tree.subject) == {"a", "c"}
    assert traits_used(tree.where, tree.subject) == {"b"}
    assert subjects_named(tree) == {"people": "customer", "firms": "account"}


WORDS = Vocabulary(
    traits={"plan": "text"},
    account_traits={"tier": "text", "size": "number"},
    events={"login": {}},
    segments=["people", "firms", "firm-list"],
    account_segments=["firms", "firm-list"],
)


@pytest.mark.parametrize(
    ("text", "code", "pointer", "suggestion"),
    [
        ("{account_trait: teir, is: a}", "unknown_trait", "/where/account_trait", "tier"),
        ("{account_trait: plan, is: a}", "unknown_trait", "/where/account_trait", None),
        ("{trait: tier, is: a}", "unknown_trait", "/where/trait", None),
        ("{subject: account, where: {trait: plan, is: a}}", "unknown_trait", "/where/trait", None),
        ("{in_segment: firms}", "bad_value", "/where/in_segment", None),
        ("{in_segment: peple}", "missing_reference", "/where/in_segment", "people"),
        ("{subject: account, where: {in_segment: people}}", "bad_value", "/where/in_segment", None),
        (
            "{subject: account, where: {in_segment: firm}}",
            "missing_reference",
            "/where/in_segment",
            "firms",
        ),
        (
            "{account_members: any, where: {did: logon}}",
            "unknown_event",
            "/where/where/did",
            "login",
        ),
    ],
)
def test_words_are_looked_up_where_they_belong(
    text: str, code: str, pointer: str, suggestion: str | None
) -> None:
    with pytest.raises(DefinitionError) as refused:
        validate(definition(text), WORDS, pointer="/where")
    (fault,) = refused.value.faults
    assert (str(fault.code), fault.pointer, fault.suggestion) == (code, pointer, suggestion)


def test_an_operator_that_does_not_fit_is_warned_of() -> None:
    (warning,) = validate(definition("{account_trait: tier, gt: 5}"), WORDS, pointer="/where")
    assert "“tier” is text in the dictionary" in warning.message
    (warning,) = validate(
        definition("{subject: account, where: {trait: size, in_last: 3 days}}"), WORDS
    )
    assert "“size” is a number in the dictionary" in warning.message


# ── files

FILE = "apiVersion: segment-catalogue/v1\nkind: Segment\nkey: it\n"


def test_a_static_list_says_that_it_is_of_accounts() -> None:
    text = "account_id,customer_id\na1,c1\n"
    listed = "members: {static: it.csv, subject: account}\n"
    (file,) = parse_segment_files(FILE + listed, file_name="x", read_file=lambda _: text)
    assert (file.static, file.subject) == (("a1",), "account")
    (people,) = parse_segment_files(
        FILE + "members: {static: it.csv}\n", file_name="x", read_file=lambda _: text
    )
    assert (people.static, people.subject) == (("c1",), "customer")


@pytest.mark.parametrize(
    ("members", "pointer"),
    [
        ("{add: [a1], subject: account}", "/members/subject"),
        ("{static: it.csv, subject: acount}", "/members/subject"),
    ],
)
def test_a_subject_beside_no_list_or_of_no_kind_is_refused(members: str, pointer: str) -> None:
    text = f"{FILE}definition: {{everyone: true}}\nmembers: {members}\n"
    with pytest.raises(DefinitionError) as refused:
        parse_segment_files(text, file_name="x", read_file=lambda _: "a\nb\n")
    assert pointer in {fault.pointer for fault in refused.value.faults}
