"""Suppression, consent and erasure over the API."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from catalogue.models import Consent, Erasure, Scope, Suppression
from catalogue.privacy.erasing.running import run_erasure
from tests.catalogue.api.asking import Program, key_text
from tests.catalogue.privacy.ground import segment_of, stop
from tests.catalogue.workspace import load_workspace

pytestmark = pytest.mark.django_db


@pytest.fixture
def asks() -> Program:
    """A program that may do everything."""
    return Program(key_text())


def ids_of(asks: Program, path: str) -> list[str]:
    answer = asks.get(path)
    assert answer.status_code == 200, answer.content
    return [one["id"] for one in answer.json()["results"]]


def test_who_is_suppressed_over_the_api_is_on_no_page_of_it(asks: Program) -> None:
    segment_of("ada", "bob")
    answer = asks.send("POST", "suppressions/", {"customer_id": "ada", "reason": "Phoned."})
    assert answer.status_code == 201, answer.content
    body = answer.json()
    assert (body["source"], body["customers"], body["recognised_by"]) == ("api", 1, ["customer_id"])
    assert "ada" not in answer.content.decode()
    assert ids_of(asks, "segments/payers/members/") == ["bob"]
    checked = asks.send("POST", "segments/payers/members/check/", {"ids": ["ada", "bob"]}).json()
    assert [one["standing"] for one in checked["results"]] == ["out", "in"]
    assert asks.get("customers/ada/segments/").json()["results"] == []
    explained = asks.send("POST", "segments/payers/explain/", {"id": "ada"})
    assert explained.status_code == 404


def test_the_etag_of_members_changes_with_the_list(asks: Program) -> None:
    segment_of("ada", "bob")
    first = asks.get("segments/payers/members/")
    stop("ada")
    again = asks.get("segments/payers/members/", if_none_match=first["ETag"])
    assert again.status_code == 200
    assert asks.get("segments/payers/members/", if_none_match=again["ETag"]).status_code == 304


def test_a_suppression_is_found_by_whom_it_is_about_and_lifted(asks: Program) -> None:
    load_workspace()
    row = stop("ada", address="ada@x.example")
    stop("bob")
    for query in ("customer_id=ada", "email=ADA@x.example"):
        assert ids_of(asks, f"suppressions/?{query}") == [f"sup_{row.pk}"]
    assert len(ids_of(asks, "suppressions/?in_force=true")) == 2
    lifted = asks.send("POST", f"suppressions/{row.pk}/lift/", {"reason": "A mistake."})
    assert (lifted.status_code, lifted.json()["lifted_because"]) == (200, "A mistake.")
    assert ids_of(asks, "suppressions/?in_force=false") == [f"sup_{row.pk}"]
    assert asks.send("POST", f"suppressions/{row.pk}/lift/", {"reason": "x"}).status_code == 409


def test_a_word_of_consent_is_noted_and_read_back(asks: Program) -> None:
    load_workspace()
    said = {
        "customer_id": "ada",
        "purpose": "marketing",
        "given": True,
        "source": "fair",
        "at": "2026-01-02T10:00:00Z",
        "expires_at": "2027-01-02T10:00:00Z",
    }
    made = asks.send("POST", "consents/", said)
    assert made.status_code == 201, made.content
    (word,) = asks.get("consents/?customer_id=ada").json()["results"]
    assert {name: word[name] for name in ("purpose", "given", "source", "at", "expires_at")} == {
        name: said[name] for name in ("purpose", "given", "source", "at", "expires_at")
    }
    assert asks.get("consents/?customer_id=nobody").status_code == 404
    assert [one["purpose"] for one in asks.get("consents/purposes/").json()["purposes"]] == [
        "marketing",
        "sales",
        "customer_success",
    ]


def test_somebody_is_erased_and_each_step_is_proven(asks: Program, settings: Any) -> None:
    settings.ERASURE_READ_SECONDS = 0
    segment_of("ada", "bob")
    asked = asks.send("POST", "erasures/", {"customer_id": "ada", "reason": "Letter."})
    assert asked.status_code == 202, asked.content
    assert (asked.json()["state"], len(asked.json()["steps"])) == ("asked", 1)
    assert ids_of(asks, "segments/payers/members/") == ["bob"]

    run_erasure(erasure_id=Erasure.objects.get().pk, now=timezone.now())

    answer = asks.get(asked["Location"])
    body = answer.json()
    assert body["state"] == "done"
    assert all(step["done"] and step["evidence"] for step in body["steps"])
    assert "ada" not in answer.content.decode()
    assert ids_of(asks, "segments/payers/members/") == ["bob"]
    again = asks.send("POST", "erasures/", {"customer_id": "ada", "reason": "Letter."})
    assert again.json()["number"] == body["number"]


@pytest.mark.parametrize(
    ("path", "body", "pointer"),
    [
        ("suppressions/", {"reason": "x"}, "/customer_id"),
        ("suppressions/", {"email": "x", "reason": "x"}, "/email"),
        ("suppressions/", {"customer_id": "ada"}, "/reason"),
        ("suppressions/", {"customer_id": "ada", "purpose": "spy", "reason": "x"}, "/purpose"),
        (
            "consents/",
            {"customer_id": "zoe", "purpose": "sales", "given": True, "source": "x"},
            "/customer_id",
        ),
        (
            "consents/",
            {"customer_id": "ada", "purpose": "spy", "given": True, "source": "x"},
            "/purpose",
        ),
        ("erasures/", {"customer_id": "zoe", "reason": "x"}, "/customer_id"),
        ("erasures/", {"customer_id": "ada", "reason": " "}, "/reason"),
    ],
)
def test_what_is_wrong_is_said_at_its_place(
    asks: Program, path: str, body: dict[str, Any], pointer: str
) -> None:
    load_workspace()
    answer = asks.send("POST", path, body)
    assert answer.status_code in (400, 422), answer.content
    assert [one["pointer"] for one in answer.json()["errors"]] == [pointer]
    assert not any(model.objects.exists() for model in (Suppression, Consent, Erasure))


@pytest.mark.parametrize(
    ("path", "scope"),
    [
        ("suppressions/", Scope.SUPPRESSIONS_READ),
        ("consents/?customer_id=ada", Scope.CONSENTS_READ),
        ("erasures/", Scope.ERASURES_READ),
    ],
)
def test_each_list_needs_a_scope_of_its_own(path: str, scope: Scope) -> None:
    load_workspace()
    others = [one for one in Scope if one != scope]
    refused = Program(key_text(*others)).get(path)
    assert (refused.status_code, refused.json()["scope"]) == (403, scope.value)
    assert Program(key_text(scope)).get(path).status_code == 200
