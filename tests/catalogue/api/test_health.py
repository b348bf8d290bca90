"""Health and coverage, asked by programs."""

from __future__ import annotations

import pytest

from catalogue.lint.keeping import look_at_everything
from catalogue.models import Scope, Segment
from tests.catalogue.api.asking import Program, key_text, problem, program
from tests.catalogue.segments.ground import PROS, live_segment
from tests.catalogue.workspace import NOW, refresh

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def pros() -> Segment:
    segment = live_segment("pros", definition=PROS)
    refresh(now=NOW)
    return segment


def test_a_segment_says_what_it_lacks_and_what_to_do() -> None:
    asks = program(Scope.SEGMENTS_READ)
    before = asks.get("segments/pros/health/").json()
    assert (before["score"], before["findings"], before["as_of"]) == (None, [], None)
    look_at_everything(now=NOW)
    data = asks.get("segments/pros/health/").json()
    first = data["findings"][0]
    assert data["score"] == 100 - sum(one["weight"] for one in data["findings"])
    assert (first["code"], first["pointer"]) == ("SEG001", "/goal")
    assert first["documentation"].endswith("/rules/#SEG001")
    assert data["as_of"] == "2026-03-18T12:00:00Z"


def test_lists_carry_the_score_and_are_narrowed_and_ordered_by_it() -> None:
    look_at_everything(now=NOW)
    asks = program(Scope.SEGMENTS_READ)
    (row,) = asks.get("segments/").json()["results"]
    score = row["health"]["score"]
    assert "SEG001" in row["health"]["findings"]
    assert asks.get(f"segments/?health__gte={score}&ordering=-health").json()["results"]
    assert asks.get(f"segments/?health__lte={score - 1}").json()["results"] == []
    assert asks.get("segments/?finding=SEG001").json()["results"]
    assert asks.get("segments/?finding=SEG015").json()["results"] == []


def test_coverage_is_numbers_and_names_no_segment_that_does_not_exist_for_the_key() -> None:
    problem(program(Scope.SEGMENTS_READ).get("coverage/"), 409, "not_ready")
    look_at_everything(now=NOW)
    data = program(Scope.SEGMENTS_READ).get("coverage/").json()
    assert (data["people"], data["in_none"], data["by_count"][:2]) == (5, 3, [3, 2])
    assert [one["key"] for one in data["map"]] == ["pros"]
    other = live_segment("other", definition=PROS)
    narrowed = Program(key_text(Scope.SEGMENTS_READ, segments=(other,)))
    assert narrowed.get("coverage/").json()["map"] == []
