"""Segments of accounts through refreshes, estimates, effects and explanations. Numbers of accounts
mean other customers, so whatever mixes the two finds the wrong ones here."""

from __future__ import annotations

import pyarrow as pa
import pytest
from pyroaring import BitMap

from catalogue.definitions.errors import DefinitionError
from catalogue.definitions.parse import parse_definition
from catalogue.membership.changes import changes_of
from catalogue.membership.effect import Hands, effect_of
from catalogue.membership.estimating import estimate
from catalogue.membership.explaining import Explained, explain
from catalogue.metrics.readings import readings_of
from catalogue.models import ListedMember, MembershipVersion, Segment
from catalogue.warehouse import photos
from catalogue.warehouse.ingest import load_customers
from catalogue.warehouse.ordinals import ids_of
from tests.catalogue.workspace import LOADED, NOW, define, ids, load_accounts_too, refresh

pytestmark = pytest.mark.django_db
BUSINESS = {"subject": "account", "where": {"trait": "tier", "is": "business"}}
ACTIVE = {"subject": "account", "where": {"customers": "any", "where": {"did": "login"}}}
QUIET = {"subject": "account", "where": {"customers": "none", "where": {"did": "login"}}}


@pytest.fixture(autouse=True)
def workspace() -> None:
    load_accounts_too()


def all_accounts() -> BitMap:
    photo = photos.newest_photo()
    assert photo is not None
    return photos.open_photo(photo).accounts


def version_of(key: str) -> MembershipVersion:
    version = Segment.objects.get(key=key).membership
    assert version is not None
    return version


def test_a_refresh_publishes_accounts_beside_customers() -> None:
    define("business", BUSINESS)
    define("active", ACTIVE)
    define("of-business", {"account_trait": "tier", "is": "business"})
    define(
        "both",
        {
            "subject": "account",
            "where": {"all": [{"in_segment": "business"}, {"in_segment": "active"}]},
        },
    )
    run = refresh()
    assert [one["error"] for one in run.results] == [""] * 4
    assert ids("business") == {"acme", "empty"}
    assert ids("active") == {"acme"}
    assert ids("both") == {"acme"}
    assert ids("of-business") == {"ada", "bob"}
    assert version_of("business").subject == "account"
    assert version_of("of-business").subject == "customer"


def test_ids_said_by_hand_are_looked_up_among_accounts() -> None:
    segment = define("business", BUSINESS)
    for kind, named in (("add", "solo"), ("add", "ada"), ("remove", "empty")):
        ListedMember.objects.create(segment=segment, kind=kind, customer_id=named)
    refresh()
    assert ids("business") == {"acme", "solo"}


def test_what_is_measured_of_accounts_says_that_it_is_of_accounts() -> None:
    define("business", BUSINESS)
    define("active", ACTIVE)
    define("quiet", QUIET)
    define("pros", {"trait": "plan", "is": "pro"})
    refresh()
    readings = readings_of(version_of("business"))
    assert (readings["size"].value, readings["size"].unit) == (2, "accounts")
    # Of the two accounts one has a customer who did anything within 28 days.
    assert (readings["active_share_28d"].value, readings["active_share_28d"].unit) == (0.5, "share")
    assert [active_share(key) for key in ("active", "quiet")] == [1.0, 0.0]
    assert readings_of(version_of("pros"))["size"].unit == "people"


def active_share(key: str) -> float | None:
    return readings_of(version_of(key))["active_share_28d"].value


def test_accounts_enter_and_leave_by_their_own_numbers() -> None:
    segment = define("active", ACTIVE)
    refresh()
    define("active", QUIET)
    refresh()
    names = dict(ids_of(all_accounts(), "account"))
    told = [(one.kind, names[one.ordinal]) for one in changes_of(segment)]
    assert told == [
        ("entered", "acme"),
        ("entered", "empty"),
        ("entered", "solo"),
        ("left", "acme"),
    ]


def test_an_estimate_counts_accounts() -> None:
    found = estimate(parse_definition(BUSINESS), now=NOW)
    assert (found.subject, found.size, found.population) == ("account", 2, 3)


def test_an_estimate_of_a_stored_list_keeps_its_hands_apart() -> None:
    segment = define("business", BUSINESS)
    ListedMember.objects.create(segment=segment, kind="remove", customer_id="empty")
    assert estimate(parse_definition(BUSINESS), key="business", now=NOW).size == 1


@pytest.mark.parametrize(
    ("definition", "pointer", "suggestion"),
    [
        ({"account_trait": "teir", "is": "x"}, "/where/account_trait", "tier"),
        ({"subject": "account", "where": {"trait": "teir", "is": "x"}}, "/where/trait", "tier"),
        ({"subject": "account", "where": {"trait": "plan", "is": "x"}}, "/where/trait", None),
        ({"trait": "tier", "is": "x"}, "/where/trait", None),
        ({"in_segment": "business"}, "/where/in_segment", None),
        (
            {"account_members": "any", "where": {"in_segment": "business"}},
            "/where/where/in_segment",
            None,
        ),
        ({"subject": "account", "where": {"in_segment": "pros"}}, "/where/in_segment", None),
        (
            {"subject": "account", "where": {"in_segment": "busines"}},
            "/where/in_segment",
            "business",
        ),
        (
            {
                "subject": "account",
                "where": {"customers": "any", "where": {"trait": "plann", "is": 1}},
            },
            "/where/where/trait",
            "plan",
        ),
    ],
)
def test_words_are_looked_up_where_they_belong(
    definition: object, pointer: str, suggestion: str | None
) -> None:
    define("business", BUSINESS)
    define("pros", {"trait": "plan", "is": "pro"})
    with pytest.raises(DefinitionError) as refused:
        estimate(parse_definition(definition), now=NOW)
    (fault,) = refused.value.faults
    assert (fault.pointer, fault.suggestion) == (pointer, suggestion)


def test_the_effect_of_a_change_is_told_in_accounts() -> None:
    define("business", BUSINESS)
    define("built", {"subject": "account", "where": {"in_segment": "business"}})
    found = effect_of(key="business", definition=parse_definition(ACTIVE), now=NOW)
    assert (found.subject, found.population) == ("account", 3)
    assert (found.own.before, found.own.after) == (2, 1)
    assert {name for _, name in ids_of(found.own.leaving, "account")} == {"empty"}
    assert [one.key for one in found.built_on_it] == ["built"]
    hands = Hands(adds=["solo", "ada"])
    told = effect_of(key="business", definition=parse_definition(BUSINESS), now=NOW, hands=hands)
    assert {name for _, name in ids_of(told.own.entering, "account")} == {"solo"}


def test_a_segment_does_not_become_one_of_another_subject() -> None:
    define("business", BUSINESS)
    with pytest.raises(DefinitionError, match="“business” holds accounts"):
        effect_of(key="business", definition=parse_definition({"everyone": True}), now=NOW)


def test_an_account_is_explained_over_what_is_stored() -> None:
    define("active", ACTIVE)
    names = {name: ordinal for ordinal, name in ids_of(all_accounts(), "account")}
    told = {}
    for name, ordinal in names.items():
        found = explain(keys=["active"], ordinal=ordinal, now=NOW, subject="account")
        explained = found.segments["active"]
        assert isinstance(explained, Explained)
        told[name] = (explained.is_in, explained.nodes[0].because)
    assert told == {
        "acme": (True, "true for 2 of the 2 customers of the account"),
        "solo": (False, "true for 0 of the 1 customer of the account"),
        "empty": (False, "the account has no customers"),
    }


def test_whoever_changes_the_account_changes_what_is_true_of_both() -> None:
    define("active", ACTIVE)
    load_customers(
        pa.table({"id": ["ada", "bob"], "firm": ["solo", None]}), as_of=NOW, account="firm"
    )
    assert estimate(parse_definition(ACTIVE), now=NOW).size == 1
    refresh("active", now=LOADED)
    assert ids("active") == set()  # nobody had logged in by then but eve, who is of no account
    refresh("active", now=NOW)
    assert ids("active") == {"solo"}
