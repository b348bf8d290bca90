"""The goal of a segment, read and set by programs."""

from __future__ import annotations

import pytest

from catalogue.models import Change, Scope, Segment
from tests.catalogue.api.asking import problem, program
from tests.catalogue.goals.ground import GOAL, thirty
from tests.catalogue.workspace import load_workspace

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def segment() -> None:
    load_workspace()
    thirty()


def test_a_program_reads_the_split_the_interval_and_the_parts() -> None:
    asks = program(Scope.SEGMENTS_READ, Scope.SEGMENTS_DRAFT)
    answer = asks.get("segments/trying/goal/")
    data = answer.json()
    assert answer.status_code == 200
    assert (data["state"], data["share"], data["target"], data["decided"]) == (
        "reached", 0.25, 0.25, 20,
    )  # fmt: skip
    assert data["interval"] == pytest.approx([0.1119, 0.4687], abs=1e-4)
    assert data["split"] == {
        "now": "2026-04-01T12:00:00Z",
        "membership_version": 2,
        "entered": 30,
        "reached": 5,
        "missed": 15,
        "not_yet": 8,
        "too_early": 2,
        "parts": {"reached": "trying#reached", "not_reached": "trying#not_reached"},
    }
    assert data["weeks"][0]["from"] == "2026-03-16"
    assert [one["people"] for one in data["steps"]] == [10, None, None]
    assert data["curve"][0] == {"day": 0.0, "share": 0.0, "interval": [0.0, 0.0], "watched": 30}
    assert asks.get("segments/trying/goal/", If_None_Match=answer["ETag"]).status_code == 304


def test_a_program_changes_the_goal_and_what_was_measured_of_the_other_one_is_not_shown() -> None:
    asks = program()
    etag = asks.get("segments/trying/goal/")["ETag"]
    body = {"at_least": "30%", "by": None}
    answer = asks.send("PATCH", "segments/trying/goal/", body, If_Match=etag)
    assert answer.status_code == 200
    assert answer.json()["state"] == "not_reached"
    assert "by" not in answer.json()["goal"]
    etag = answer["ETag"]
    body = {"event": "opened", "within": "3 days"}
    data = asks.send("PUT", "segments/trying/goal/", body, If_Match=etag).json()
    assert (data["goal"], data["state"], data["split"]) == (body, "not_measured", None)
    assert Segment.objects.get().goal == body
    assert [one.kind for one in Change.objects.order_by("pk")][-2:] == ["segment.edited"] * 2
    answer = asks.send("PUT", "segments/trying/goal/", {}, If_Match="*")
    assert (answer.json()["goal"], answer.json()["state"]) == (None, "none")


@pytest.mark.parametrize(
    ("body", "code", "pointer"),
    [
        ({"event": "subscribd", "within": "3 days"}, "unknown_event", "/event"),
        ({"event": "opened", "within": "0 days"}, "bad_value", "/within"),
        ({"event": "opened"}, "bad_window", ""),
        ({"event": "opened", "within": "3 days", "at_least": "120%"}, "bad_value", "/at_least"),
        ({"condition": {"trait": "plam", "is": "x"}, "within": "3 days"}, "unknown_trait",
         "/condition/trait"),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_refused_with_its_place_and_nothing_is_stored(
    body: dict[str, object], code: str, pointer: str
) -> None:
    data = problem(
        program().send("PUT", "segments/trying/goal/", body, If_Match="*"),
        422,
        "invalid_definition",
    )
    assert [(one["code"], one["pointer"]) for one in data["errors"]] == [(code, pointer)]
    assert Segment.objects.get().goal == GOAL


def test_an_edit_names_the_state_it_was_made_from() -> None:
    asks = program()
    problem(asks.send("PUT", "segments/trying/goal/", GOAL), 428, "precondition_required")
    old = asks.get("segments/trying/goal/")["ETag"]
    asks.send("PATCH", "segments/trying/goal/", {"at_least": "30%"}, If_Match=old)
    answer = asks.send("PATCH", "segments/trying/goal/", {"at_least": "40%"}, If_Match=old)
    problem(answer, 412, "stale_version")


def test_segments_are_found_by_how_their_goal_stands() -> None:
    asks = program(Scope.SEGMENTS_READ, Scope.SEGMENTS_DRAFT)

    def keys(query: str) -> list[str]:
        return [one["key"] for one in asks.get(f"segments/?{query}").json()["results"]]

    assert keys("goal_state=reached") == ["trying"]
    assert keys("goal_state=missed") == []
    problem(asks.get("segments/?goal_state=nice"), 400, "invalid_parameter")
