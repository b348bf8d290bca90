"""Receipts over REST: a tool that pulls says what it holds, and hears whether that is right."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from django.core.cache import cache

from catalogue.models import Change, Scope, Segment
from integrations.models import Receipt
from tests.catalogue.api.asking import Program, problem, program
from tests.catalogue.privacy.ground import stop
from tests.catalogue.segments.ground import live_segment, team
from tests.catalogue.workspace import refresh

pytestmark = pytest.mark.django_db
PATH = "segments/pros/receipts/"
REPORTS = (Scope.RECEIPTS_WRITE, Scope.MEMBERS_READ, Scope.DESTINATIONS_READ, Scope.SEGMENTS_READ)


@pytest.fixture
def asks() -> Program:
    """A tool that may pull and report. The segment holds ada and cleo."""
    cache.clear()
    live_segment()
    refresh("pros")
    return program(*REPORTS)


def checksum(*ids: str) -> str:
    """As the documentation says it, written again."""
    shares = (hashlib.sha256(one.encode()).digest()[:8] for one in ids)
    return f"{sum(int.from_bytes(share, 'big') for share in shares) % 2**64:016x}"


def report(*ids: str, **facts: Any) -> dict[str, Any]:
    return {
        "tool": "crm",
        "membership_version": 1,
        "count": len(ids),
        "checksum": checksum(*ids),
        "as_of": "2026-03-18T12:30:00Z",
        **facts,
    }


def test_a_tool_that_reports_exactly_what_it_pulled_is_equal(asks: Program) -> None:
    page = asks.get("segments/pros/members/").json()
    said = {name: page[name] for name in ("count", "checksum", "membership_version")}
    answer = asks.post(PATH, {**said, "tool": "crm", "as_of": page["as_of"]})
    assert answer.status_code == 201
    data = answer.json()
    assert (data["verdict"], data["expected_count"], data["count"]) == ("equal", 2, 2)
    assert data["evidence"] == (
        "It holds 2 and says m1; count and checksum are those of that version."
    )
    assert asks.get(PATH).json()["results"] == [data]


@pytest.mark.parametrize(
    ("ids", "facts", "verdict", "expected"),
    [
        (["cleo", "ada"], {}, "equal", 2),
        (["ada"], {}, "different_count", 2),
        (["ada", "bob"], {}, "different_checksum", 2),
        (["ada", "cleo"], {"checksum": checksum("ada", "cleo").upper()}, "equal", 2),
        (["ada", "cleo"], {"membership_version": 9}, "unknown_version", None),
    ],
)
def test_a_report_is_compared_with_the_version_that_it_names(
    asks: Program, ids: list[str], facts: dict[str, Any], verdict: str, expected: int | None
) -> None:
    data = asks.post(PATH, report(*ids, **facts)).json()
    assert (data["verdict"], data["expected_count"]) == (verdict, expected)


def test_somebody_suppressed_since_the_pull_makes_a_difference(asks: Program) -> None:
    stop("ada")
    data = asks.post(PATH, report("ada", "cleo")).json()
    assert (data["verdict"], data["expected_count"]) == ("different_count", 1)
    assert asks.post(PATH, report("cleo")).json()["verdict"] == "equal"


def test_a_report_that_is_sent_again_is_kept_once(asks: Program) -> None:
    first, again = (
        asks.post(PATH, report("ada", "cleo"), Idempotency_Key="one-report") for _ in range(2)
    )
    assert first.json() == again.json()
    assert again["Idempotency-Replayed"] == "true"
    assert Receipt.objects.count() == 1
    other = asks.post(PATH, report("ada"), Idempotency_Key="one-report")
    problem(other, 422, "idempotency_conflict")


@pytest.mark.parametrize(
    ("facts", "pointer"),
    [
        ({"checksum": "12"}, "/checksum"),
        ({"checksum": "z" * 16}, "/checksum"),
        ({"count": -1}, "/count"),
        ({"membership_version": 0}, "/membership_version"),
        ({"as_of": "2999-01-01T00:00:00Z"}, "/as_of"),
        ({"as_of": "yesterday"}, "/as_of"),
        ({"tool": ""}, "/tool"),
        ({"tool": "x" * 81}, "/tool"),
        ({"names": ["ada"]}, "/names"),
    ],
)
def test_a_report_that_does_not_fit_is_refused_where_it_does_not(
    asks: Program, facts: dict[str, Any], pointer: str
) -> None:
    data = problem(asks.post(PATH, report("ada", **facts)), 400, "invalid_body")
    assert [flaw["pointer"] for flaw in data["errors"]] == [pointer]
    assert not Receipt.objects.exists()


def test_receipts_are_listed_by_tool_the_newest_first(asks: Program) -> None:
    for tool in ("crm", "desk", "crm"):
        asks.post(PATH, report("ada", tool=tool))
    listed = asks.get(f"{PATH}?page_size=2").json()
    assert [one["tool"] for one in listed["results"]] == ["crm", "desk"]
    assert listed["has_more"]
    some = asks.get(f"{PATH}?tool=crm").json()["results"]
    assert [one["tool"] for one in some] == ["crm", "crm"]
    problem(asks.get(f"{PATH}?toll=crm"), 400, "unknown_parameter")


@pytest.mark.parametrize("lacks", [Scope.RECEIPTS_WRITE, Scope.MEMBERS_READ])
def test_reporting_needs_its_scope_and_the_right_to_see_people(asks: Program, lacks: Scope) -> None:
    few = program(*(scope for scope in REPORTS if scope != lacks))
    data = problem(few.post(PATH, report("ada", "cleo")), 403, "missing_scope")
    assert data["scope"] == lacks
    assert not Receipt.objects.exists()


def test_a_tool_of_another_team_neither_reports_nor_learns(asks: Program) -> None:
    team("sales")
    problem(program(*REPORTS, at="sales").post(PATH, report("ada", "cleo")), 403, "forbidden")
    Segment.objects.update(status="draft", is_private=True)
    for answer in (program(*REPORTS, at="sales").get(PATH), asks.post("segments/x/receipts/", {})):
        problem(answer, 404, "not_found")


def test_a_report_is_no_change_and_names_nobody(asks: Program) -> None:
    before = Change.objects.count()
    answer = asks.post(PATH, report("ada", "cleo"))
    assert Change.objects.count() == before
    assert "ada" not in answer.content.decode()
