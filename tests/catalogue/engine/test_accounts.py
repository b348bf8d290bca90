"""Accounts in the engine: how customers and accounts lead to each other, sizes, reasons, flips."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from pyroaring import BitMap

from catalogue.definitions import nodes as n
from catalogue.definitions.errors import DefinitionError
from catalogue.definitions.parse import parse_definition
from catalogue.engine.account_evidence import MembersReason, NoAccountReason
from catalogue.engine.estimate import Counted, estimate
from catalogue.engine.evaluate import evaluate
from catalogue.engine.evidence import EventsReason, TraitReason
from catalogue.engine.explain import Explained, explain
from catalogue.engine.inputs import Judged, SegmentInput
from catalogue.engine.plan import plan
from catalogue.engine.population import Population
from catalogue.warehouse.current import NO_ACCOUNT, accounts_of, customers_of
from catalogue.warehouse.given import GivenAccount, GivenChange, GivenCustomer, GivenEvent, World
from catalogue.warehouse.memory import MemoryTables
from tests.catalogue.engine.small_world import DAY, NOW, event


def person(id: str, account: str | None, *events: GivenEvent, **traits: object) -> GivenCustomer:
    changes = tuple(GivenChange(trait=name, value=value) for name, value in traits.items())
    return GivenCustomer(id=id, account=account, changes=changes, events=events)


def account(id: str, **traits: object) -> GivenAccount:
    changes = tuple(GivenChange(trait=name, value=value) for name, value in traits.items())
    return GivenAccount(id=id, changes=changes)


SIGNED = NOW - timedelta(days=28)
WORLD = World(
    customers=(
        person("ada", "acme", event("login", DAY), role="admin"),
        person("bob", "acme", role="member"),
        person("cleo", "acme", event("login", 40 * DAY), role="member"),
        person("dan", "solo", role="admin"),
        person("eve", None, event("login", DAY), role="admin"),
        GivenCustomer(id="gone", account="acme", deleted=True),
    ),
    accounts=(
        account("acme", tier="business", signed=SIGNED),
        account("solo", tier="free"),
        account("empty", tier="business"),
    ),
)


def input_of(data: object) -> SegmentInput:
    return SegmentInput(definition=parse_definition(data))


def counted(data: object) -> Counted:
    with MemoryTables.from_world(WORLD) as tables:
        return estimate({"it": input_of(data)}, "it", tables, now=NOW)


def told(data: object, who: str, *, others: dict[str, object] | None = None) -> Explained:
    segments = {key: input_of(one) for key, one in {**(others or {}), "it": data}.items()}
    subject = segments["it"].subject
    with MemoryTables.from_world(WORLD) as tables:
        known = tables.account_ordinals if subject == "account" else tables.ordinals
        found = explain(segments, known[who], tables, now=NOW, keys=["it"], subject=subject)["it"]
    assert isinstance(found, Explained)
    return found


# ── whose customer is whose


def test_everybody_live_is_led_to_the_account_they_have() -> None:
    with MemoryTables.from_world(WORLD) as tables:
        found = accounts_of(tables, now=NOW)
        assert list(found) == [0, 0, 0, 1, NO_ACCOUNT]
        assert customers_of(tables, 0, now=NOW) == BitMap([0, 1, 2])


def test_a_workspace_without_accounts_leads_nowhere() -> None:
    with MemoryTables.from_world(World(customers=(person("a", None),))) as tables:
        assert list(accounts_of(tables, now=NOW)) == [NO_ACCOUNT]
        assert customers_of(tables, 0, now=NOW) == BitMap()
    with MemoryTables.from_world(World()) as tables:
        assert list(accounts_of(tables, now=NOW)) == []


def test_accounts_are_counted_over_all_their_customers_and_no_others() -> None:
    with MemoryTables.from_world(WORLD) as tables:
        everybody = Population.of_tables(tables, accounts_of(tables, now=NOW))
    admins = BitMap([0, 3, 4])
    assert everybody.accounts_where("any", admins) == BitMap([0, 1])
    assert everybody.accounts_where("all", admins) == BitMap([1, 2])
    assert everybody.accounts_where("none", admins) == BitMap([2])
    assert everybody.customers_of(BitMap([1, 2])) == BitMap([3])
    assert everybody.customers_of(BitMap()) == BitMap()


def test_belonging_is_asked_once_for_all_conditions_that_need_it() -> None:
    tree = {
        "all": [
            {"account_trait": "tier", "is": "business"},
            {"account_members": "any", "where": {"did": "login"}},
            {"account_members": "none", "where": {"did": "login"}},
        ]
    }
    planned = plan({"it": parse_definition(tree)}, now=NOW)
    assert len(planned.conditions) == 3  # the trait, the event, and who belongs where


def test_a_trait_of_accounts_and_one_of_customers_of_the_same_name_are_two_conditions() -> None:
    tree = {"any": [{"account_trait": "tier", "is": "a"}, {"trait": "tier", "is": "a"}]}
    planned = plan({"it": parse_definition(tree)}, now=NOW)
    subjects = {getattr(one, "subject", None) for one in planned.conditions}
    assert subjects >= {"customer", "account"}


def test_a_segment_of_accounts_answers_with_ordinals_of_accounts() -> None:
    business = input_of({"subject": "account", "where": {"trait": "tier", "is": "business"}})
    with MemoryTables.from_world(WORLD) as tables:
        outcome = evaluate({"it": business}, tables, now=NOW).outcomes["it"]
        assert isinstance(outcome, Judged)
        assert set(tables.account_ids(outcome.members).values()) == {"acme", "empty"}


def test_merges_of_customers_do_not_touch_ids_of_accounts() -> None:
    # Ordinal 1 is both a merged-away customer and an account.
    given = World(
        customers=(
            person("stays", None),
            GivenCustomer(id="away", merged_into="stays"),
        ),
        accounts=(account("first"), account("second")),
    )
    listed = SegmentInput(static=BitMap([1]), list_of="account")
    with MemoryTables.from_world(given) as tables:
        outcome = evaluate({"it": listed}, tables, now=NOW).outcomes["it"]
    assert isinstance(outcome, Judged)
    assert outcome.members == BitMap([1])


# ── sizes


def test_an_estimate_of_accounts_is_of_accounts() -> None:
    found = counted({"subject": "account", "where": {"trait": "tier", "is": "business"}})
    assert (found.subject, len(found.members), found.population) == ("account", 2, 3)
    (node,) = found.nodes
    assert (node.about, node.alone, node.population, node.null_count) == ("account", 2, 3, 0)


def test_what_is_asked_of_customers_is_counted_in_customers() -> None:
    tree = {
        "all": [
            {"trait": "tier", "is": "business"},
            {"customers": "any", "where": {"all": [{"did": "login"}, {"trait": "role", "is": 1}]}},
        ]
    }
    found = counted({"subject": "account", "where": tree})
    numbers = {one.pointer: (one.about, one.alone, one.remaining) for one in found.nodes}
    assert numbers == {
        "/where": ("account", 0, 0),
        "/where/all/0": ("account", 2, 2),
        "/where/all/1": ("account", 0, 0),
        "/where/all/1/where": ("customer", 0, 0),
        "/where/all/1/where/all/0": ("customer", 3, 3),
        "/where/all/1/where/all/1": ("customer", 0, 0),
    }
    assert found.population == 3
    assert found.nodes[4].population == 5


def test_a_trait_of_the_account_is_unknown_for_whoever_has_none_of_either() -> None:
    (node,) = counted({"account_trait": "signed", "is_set": True}).nodes
    assert (node.alone, node.null_count, node.null_share) == (3, 2, 0.4)


# ── reasons


def test_a_trait_of_the_account_is_told_with_its_value() -> None:
    found = told({"account_trait": "tier", "is": "business"}, "bob")
    assert found.is_in
    (node,) = found.nodes
    assert node.reason == TraitReason(path=("tier",), value="business", since=None)
    assert (node.answer, node.because) == (True, "it is business")


def test_whoever_belongs_to_no_account_is_told_so() -> None:
    tree = {"any": [{"account_trait": "tier", "is_not": "business"}]}
    node = told(tree, "eve").nodes[1]
    assert (node.answer, node.reason) == (True, NoAccountReason())
    assert node.because == "belongs to no account"
    members = told({"account_members": "none", "where": {"did": "x"}}, "eve").nodes
    assert [(one.answer, one.because) for one in members] == [
        (False, "belongs to no account"),
        (None, "belongs to no account"),
    ]


def test_what_is_asked_of_the_accounts_customers_is_told_by_how_many() -> None:
    tree = {
        "account_members": "any",
        "where": {"all": [{"did": "login"}, {"trait": "role", "is": "admin"}]},
    }
    found = told(tree, "bob")
    assert found.is_in
    assert [(one.pointer, one.answer, one.because) for one in found.nodes] == [
        ("/where", True, "true for 1 of the 3 customers of the account"),
        ("/where/where", None, "true for 1 of the 3 customers of the account"),
        ("/where/where/all/0", None, "true for 2 of the 3 customers of the account"),
        ("/where/where/all/1", None, "true for 1 of the 3 customers of the account"),
    ]
    assert found.nodes[2].reason == MembersReason(fits=2, of=3)


def test_conditions_on_the_customer_keep_their_own_reasons_beside_those_of_the_account() -> None:
    tree = {
        "all": [
            {"account_members": "any", "where": {"did": "login"}},
            {"count": "login", "gte": 1},
            {"sum": "amount", "of": "login", "gt": 0},
        ]
    }
    found = told(tree, "cleo")
    counts = found.nodes[3].reason
    assert isinstance(counts, EventsReason)
    assert (counts.count, found.nodes[3].answer) == (1, True)
    assert isinstance(found.nodes[4].reason, EventsReason)
    assert found.nodes[4].reason.figure is None


def test_an_account_is_explained_by_its_traits_and_by_its_customers() -> None:
    tree = {
        "all": [
            {"trait": "tier", "is": "business"},
            {"customers": "all", "where": {"did": "login", "in_last": "30 days"}},
        ]
    }
    found = told({"subject": "account", "where": tree}, "acme")
    assert not found.is_in
    assert [(one.answer, one.because) for one in found.nodes[1:]] == [
        (True, "it is business"),
        (False, "true for 1 of the 3 customers of the account"),
        (None, "true for 1 of the 3 customers of the account"),
    ]
    nobody = told({"subject": "account", "where": tree}, "empty").nodes
    assert (nobody[2].answer, nobody[2].because) == (True, "the account has no customers")


def test_an_account_added_by_hand_is_told_so() -> None:
    tree = {"subject": "account", "where": {"trait": "tier", "is": "business"}}
    segment = SegmentInput(definition=parse_definition(tree), adds=BitMap([1]))
    with MemoryTables.from_world(WORLD) as tables:
        found = explain({"it": segment}, 1, tables, now=NOW, subject="account")["it"]
    assert isinstance(found, Explained)
    assert (found.is_in, found.own, found.by_hand) == (True, False, "added")


def test_a_customer_is_told_nothing_of_segments_of_accounts() -> None:
    segments = {
        "people": input_of({"everyone": True}),
        "accounts": input_of({"subject": "account", "where": {"everyone": True}}),
    }
    with MemoryTables.from_world(WORLD) as tables:
        assert list(explain(segments, 0, tables, now=NOW)) == ["people"]
        assert list(explain(segments, 0, tables, now=NOW, subject="account")) == ["accounts"]


def test_a_segment_that_refers_to_the_other_subject_is_told_as_refused() -> None:
    segments = {
        "it": input_of({"in_segment": "accounts"}),
        "accounts": input_of({"subject": "account", "where": {"everyone": True}}),
    }
    with MemoryTables.from_world(WORLD) as tables:
        found = explain(segments, 0, tables, now=NOW, keys=["it"])["it"]
    assert isinstance(found, DefinitionError)
    assert found.faults[0].pointer == "/where/in_segment"


# ── what time alone will change


def test_a_window_on_the_accounts_trait_is_foretold_to_the_instant() -> None:
    ends = SIGNED + 30 * DAY + timedelta(microseconds=1)
    for data, who in (
        ({"account_trait": "signed", "in_last": "30 days"}, "bob"),
        ({"subject": "account", "where": {"trait": "signed", "in_last": "30 days"}}, "acme"),
    ):
        found = told(data, who)
        assert (found.is_in, found.flips_at) == (True, ends)


def test_without_an_account_nothing_of_it_will_change() -> None:
    found = told({"not": {"account_trait": "signed", "in_last": "30 days"}}, "eve")
    assert (found.is_in, found.flips_at) == (True, None)


@pytest.mark.parametrize("head", ["account_members", "customers"])
def test_what_time_does_to_an_accounts_customers_is_not_guessed(head: str) -> None:
    asked = {head: "any", "where": {"did": "login", "in_last": "30 days"}}
    subject = "account" if head == "customers" else "customer"
    seen = flips(subject, {"all": [asked, *MOVING[subject]]})
    assert seen == (True, None)


@pytest.mark.parametrize("head", ["account_members", "customers"])
def test_what_stands_still_below_an_account_lets_the_rest_be_foretold(head: str) -> None:
    asked = {head: "none", "where": {"did": "login"}}
    subject = "account" if head == "customers" else "customer"
    seen = flips(subject, {"any": [asked, *MOVING[subject]]})
    assert seen == (True, SIGNED + 30 * DAY + timedelta(microseconds=1))


MOVING: dict[n.Subject, list[object]] = {
    "customer": [{"account_trait": "signed", "in_last": "30 days"}],
    "account": [{"trait": "signed", "in_last": "30 days"}],
}


def flips(subject: n.Subject, where: object) -> tuple[bool, datetime | None]:
    found = told({"subject": subject, "where": where}, "acme" if subject == "account" else "bob")
    return found.is_in, found.flips_at
