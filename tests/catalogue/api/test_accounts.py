"""Segments of accounts over REST: every answer says what its ids are of."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine

from catalogue.models import Scope
from catalogue.published.checksums import checksum
from tests.catalogue.api.asking import Program, problem, program
from tests.catalogue.workspace import NOW, define, load_accounts_too, refresh

pytestmark = pytest.mark.django_db
BUSINESS = {"subject": "account", "where": {"trait": "tier", "is": "business"}}
ACTIVE = {"customers": "any", "where": {"did": "login"}}


@pytest.fixture(autouse=True)
def _midday() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def asks() -> Program:
    load_accounts_too()
    define("business", BUSINESS, status="live")
    define("pros", {"trait": "plan", "is": "pro"}, status="live")
    refresh()
    return program(
        Scope.SEGMENTS_READ, Scope.SEGMENTS_WRITE, Scope.MEMBERS_READ, Scope.MEMBERS_CHECK
    )


def answer(found: Any) -> dict[str, Any]:
    assert found.status_code == 200, found.content
    data: dict[str, Any] = found.json()
    return data


def test_a_segment_says_what_it_holds(asks: Program) -> None:
    assert answer(asks.get("segments/business/"))["subject"] == "account"
    assert answer(asks.get("segments/pros/"))["subject"] == "customer"


def test_members_are_pulled_and_followed_by_ids_of_accounts(asks: Program) -> None:
    page = answer(asks.get("segments/business/members/?traits=name"))
    assert (page["subject"], page["count"]) == ("account", 2)
    assert {one["id"]: one["traits"] for one in page["results"]} == {
        "acme": {"name": "Acme Ltd"},
        "empty": {"name": "Nobody Inc"},
    }
    assert page["checksum"] == checksum(["acme", "empty"])
    changes = answer(asks.get("segments/business/members/changes/"))
    assert changes["subject"] == "account"
    assert {one["id"] for one in changes["results"]} == {"acme", "empty"}
    assert answer(asks.get("segments/pros/members/"))["subject"] == "customer"


def test_traits_sent_along_are_those_of_accounts(asks: Program) -> None:
    problem(asks.get("segments/business/members/?traits=plan"), 400, "invalid_parameter")
    problem(asks.get("segments/pros/members/?traits=tier"), 400, "invalid_parameter")


def test_accounts_are_checked(asks: Program) -> None:
    found = answer(asks.post("segments/business/members/check/", {"ids": ["acme", "solo", "ada"]}))
    assert found["subject"] == "account"
    assert [(one["id"], one["standing"]) for one in found["results"]] == [
        ("acme", "in"),
        ("solo", "out"),
        ("ada", "unknown"),
    ]


def test_an_account_is_explained(asks: Program) -> None:
    define("active", {"subject": "account", "where": ACTIVE}, status="live")
    found = answer(asks.post("segments/active/explain/", {"id": "acme"}))
    assert (found["subject"], found["id"], found["is_in"]) == ("account", "acme", True)
    assert [(one["answer"], one["because"]) for one in found["conditions"]] == [
        (True, "true for 2 of the 2 customers of the account"),
        (None, "true for 2 of the 2 customers of the account"),
    ]
    missing = problem(asks.post("segments/active/explain/", {"id": "ada"}), 404, "not_found")
    assert missing["detail"].startswith("There is no account “ada”.")


def test_a_customer_is_in_no_segment_of_accounts(asks: Program) -> None:
    found = answer(asks.get("customers/ada/segments/"))
    assert [one["key"] for one in found["results"]] == ["pros"]


def test_an_estimate_says_what_it_counts(asks: Program) -> None:
    body = {"definition": {"subject": "account", "where": ACTIVE}}
    found = answer(asks.post("definitions/estimate/", body))
    assert found["total"] == {
        "subject": "account",
        "value": 1,
        "method": "exact",
        "margin": 0,
        "population": 3,
    }
    assert [(one["subject"], one["alone"]) for one in found["conditions"]] == [
        ("account", 1),
        ("customer", 3),
    ]
    assert found["english"].startswith("this is true for at least one customer:")


def test_a_definition_that_refers_to_the_other_subject_is_refused_in_its_place(
    asks: Program,
) -> None:
    body = {"definition": {"all": [{"did": "login"}, {"in_segment": "business"}]}}
    refused = problem(asks.post("definitions/validate/", body), 422, "invalid_definition")
    (flaw,) = refused["errors"]
    assert (flaw["code"], flaw["pointer"]) == ("bad_value", "/definition/all/1/in_segment")


def test_the_dictionary_has_the_traits_of_accounts_too(asks: Program) -> None:
    own = answer(asks.get("traits/"))
    assert {one["name"] for one in own["results"]} == {"email", "plan"}
    of_accounts = answer(asks.get("traits/?subject=account"))
    assert {(one["name"], one["subject"]) for one in of_accounts["results"]} == {
        ("name", "account"),
        ("tier", "account"),
    }
    problem(asks.get("traits/?subject=firm"), 400, "invalid_parameter")


def test_the_segments_of_accounts_that_an_account_is_in_are_listed() -> None:
    load_accounts_too()
    define("firms", BUSINESS, status="live")
    define("people", {"everyone": True}, status="live")
    refresh()
    data = program(Scope.MEMBERS_READ).get("accounts/acme/segments/").json()
    assert [(one["key"], one["membership_version"]) for one in data["results"]] == [("firms", 1)]
    assert data["id"] == "acme"
    solo = program(Scope.MEMBERS_READ).get("accounts/solo/segments/").json()
    assert solo["results"] == []
    problem(program(Scope.MEMBERS_READ).get("accounts/ada/segments/"), 404, "not_found")
    problem(program(Scope.SEGMENTS_READ).get("accounts/acme/segments/"), 403, "missing_scope")
