"""Segments laid over each other, asked by programs."""

from __future__ import annotations

import pytest

from catalogue.models import Scope, Segment
from tests.catalogue.api.asking import problem, program
from tests.catalogue.membership.ground import make_segment, publish

pytestmark = pytest.mark.django_db
READS = (Scope.SEGMENTS_READ, Scope.SEGMENTS_DRAFT)


@pytest.fixture(autouse=True)
def segments() -> None:
    publish(make_segment("buyers"), {1, 2, 3}, day=0)
    publish(make_segment("readers"), {3, 4}, day=0)


def test_a_program_reads_pairs_and_regions_without_the_right_to_see_people() -> None:
    answer = program(*READS).get("overlap/?segments=buyers,readers")
    data = answer.json()
    assert answer.status_code == 200
    assert data["pairs"] == [
        {"segments": ["buyers", "readers"], "both": 1, "jaccard": 0.25, "share_of_smaller": 0.5}
    ]
    assert {"segments": ["buyers"], "size": 2} in data["regions"]
    assert data["segments"][0] == {
        "key": "buyers",
        "name": "Buyers",
        "size": 3,
        "membership_version": 1,
        "as_of": "2026-03-01T12:00:00Z",
    }
    assert (data["subject"], data["union"]) == ("customer", 4)


def test_what_cannot_be_compared_is_a_problem_that_says_why() -> None:
    asks = program(*READS)
    make_segment("fresh")
    problem(asks.get("overlap/"), 400, "invalid_parameter")
    problem(asks.get("overlap/?segments=buyers"), 400, "invalid_parameter")
    many = ",".join(f"s{number}" for number in range(101))
    problem(asks.get(f"overlap/?segments={many}"), 400, "invalid_parameter")
    problem(asks.get("overlap/?segments=buyers,raeders"), 404, "not_found")
    problem(asks.get("overlap/?segments=buyers,fresh"), 409, "not_ready")
    Segment.objects.filter(key="readers").update(status="archived")
    problem(asks.get("overlap/?segments=buyers,readers"), 409, "refused")


def test_a_key_for_some_segments_knows_of_no_other() -> None:
    narrow = program(*READS, segments=(Segment.objects.get(key="buyers"),))
    problem(narrow.get("overlap/?segments=buyers,readers"), 404, "not_found")
