"""Teams, the dictionary, and the stateless definitions."""

from __future__ import annotations

from typing import Any

import pytest

from catalogue.models import Scope, Segment
from tests.catalogue.api.asking import problem, program
from tests.catalogue.segments.ground import live_segment, seat, team
from tests.catalogue.workspace import load_workspace

pytestmark = pytest.mark.django_db


def test_teams_say_how_many_segments_they_have_that_one_may_know_of() -> None:
    Segment.objects.create(key="a", name="A", team=team(), status="live")
    Segment.objects.create(key="b", name="B", team=team(), is_private=True)
    Segment.objects.create(key="c", name="C", team=team(), status="archived")
    for asks, count in ((program(), 2), (program(at="sales"), 1)):
        found = {one["slug"]: one["segments"] for one in asks.get("teams/").json()["results"]}
        assert found["growth"] == count


def test_traits_and_events_are_the_dictionary() -> None:
    load_workspace()
    asks = program(Scope.SEGMENTS_READ)
    traits = {one["name"]: one for one in asks.get("traits/").json()["results"]}
    events = {one["name"]: one for one in asks.get("events/").json()["results"]}
    assert (traits["plan"]["type"], traits["email"]["null_share"]) == ("text", pytest.approx(0.2))
    assert events["login"]["event_count"] == 3
    assert events["purchase"]["properties"] == [{"name": "amount", "label": "", "type": "number"}]


@pytest.mark.parametrize("path", ["teams/", "traits/", "events/"])
def test_lists_come_in_pages_and_have_etags(path: str) -> None:
    load_workspace()
    team("a"), team("b"), team("c")
    asks = program()
    whole = asks.get(path).json()["results"]
    found: list[Any] = []
    address = f"{path}?page_size=1"
    while address:
        answer = asks.get(address)
        assert asks.get(address, If_None_Match=answer["ETag"]).status_code == 304
        found += answer.json()["results"]
        address = answer.json()["next"]
    assert found == whole


def test_a_right_definition_is_said_to_be_right_with_its_canonical_form() -> None:
    load_workspace()
    body = {"definition": {"all": [{"trait": "plan", "is": "pro"}, {"did": "login"}]}}
    data = program(Scope.SEGMENTS_READ).post("definitions/validate/", body).json()
    assert data["valid"] is True
    assert data["definition"]["where"]["all"][0] == {"trait": "plan", "is": "pro"}
    assert data["english"] == "Plan is pro and has done “Login” at any time"
    assert data["definition_hash"].startswith("sha256:")


def test_what_is_odd_is_a_warning_at_its_place() -> None:
    load_workspace()
    body = {"definition": {"all": [{"trait": "plan", "gt": 5}]}}
    (warning,) = program().post("definitions/validate/", body).json()["warnings"]
    assert warning["pointer"] == "/definition/all/0"


@pytest.mark.parametrize("path", ["validate", "render", "estimate"])
def test_everything_that_is_wrong_is_said_at_its_place(path: str) -> None:
    load_workspace()
    body = {"definition": {"where": {"all": [{"trait": "plann", "is": 1}, {"did": "lgoin"}]}}}
    data = problem(program().post(f"definitions/{path}/", body), 422, "invalid_definition")
    assert [one["pointer"] for one in data["errors"]] == [
        "/definition/where/all/0/trait",
        "/definition/where/all/1/did",
    ]


def test_a_segment_that_one_may_not_know_of_does_not_exist_for_a_definition() -> None:
    load_workspace()
    Segment.objects.create(key="secret", name="Secret", team=team(), is_private=True)
    asks = program(at="sales")
    for path in ("validate", "render", "estimate"):
        answers = [
            problem(
                asks.post(f"definitions/{path}/", {"definition": {"in_segment": key}}),
                422,
                "invalid_definition",
            )["errors"]
            for key in ("secret", "absent")
        ]
        assert str(answers[0]).replace("secret", "absent") == str(answers[1])


def test_a_definition_is_said_in_all_its_faces() -> None:
    load_workspace()
    body = {"definition": {"any": [{"trait": "plan", "is": "pro"}, {"did_not": "login"}]}}
    data = program().post("definitions/render/", body).json()
    assert data["one_line"] == "Plan is pro or has not done “Login” at any time"
    assert [line["pointer"] for line in data["lines"]] == [
        "/definition",
        "/definition/any/0",
        "/definition/any/1",
    ]
    assert "any:\n" in data["yaml"]


def test_an_estimate_counts_the_whole_and_each_condition() -> None:
    load_workspace()
    body = {"definition": {"all": [{"trait": "plan", "is": "free"}, {"did": "login"}]}}
    data = program(Scope.SEGMENTS_WRITE).post("definitions/estimate/", body).json()
    total = {"subject": "customer", "value": 2, "method": "exact", "margin": 0, "population": 5}
    assert data["total"] == total
    assert [(one["pointer"], one["alone"], one["remaining"]) for one in data["conditions"]] == [
        ("/definition", 2, 2),
        ("/definition/all/0", 2, 2),
        ("/definition/all/1", 3, 2),
    ]
    assert data["conditions"][1]["null_share"] == 0.2


def test_what_is_listed_by_hand_counts_only_for_those_who_know_of_the_segment() -> None:
    load_workspace()
    secret = Segment.objects.create(key="secret", name="Secret", team=team(), is_private=True)
    secret.listed.create(kind="add", customer_id="dan")
    body = {"definition": {"trait": "plan", "is": "pro"}, "key": "secret"}
    counts = [
        asks.post("definitions/estimate/", body).json()["total"]["value"]
        for asks in (program(), program(at="sales"))
    ]
    assert counts == [3, 2]


def test_before_the_first_load_nobody_is_counted() -> None:
    answer = program().post("definitions/estimate/", {"definition": {"everyone": True}})
    problem(answer, 409, "not_ready")


def test_numbers_of_any_definition_are_for_those_who_make_segments(client: Any) -> None:
    load_workspace()
    body = {"definition": {"trait": "email", "is": "ada@x.example"}}
    problem(program(Scope.SEGMENTS_READ).post("definitions/estimate/", body), 403, "missing_scope")
    client.force_login(seat("vic", "viewer"))
    answer = client.post("/api/v1/definitions/estimate/", body, content_type="application/json")
    problem(answer, 403, "forbidden")


@pytest.mark.parametrize(
    "body",
    [{}, {"definition": None}, {"definition": []}, {"definition": {}, "x": 1}, {"definition": 5}],
)
@pytest.mark.parametrize("path", ["validate", "render", "estimate"])
def test_what_is_no_question_is_refused(path: str, body: dict[str, Any]) -> None:
    answer = program().post(f"definitions/{path}/", body)
    assert answer.status_code in (400, 422)
    data = problem(answer, answer.status_code, answer.json()["code"])
    assert data["errors"]


def test_a_login_is_told_its_seats(admin_client: Any) -> None:
    live_segment()
    data = admin_client.get("/api/v1/me/").json()
    assert (data["kind"], data["is_site_admin"], data["scopes"]) == ("login", True, None)
    assert {one["name"] for one in data["limits"]} == {"default", "estimates"}
