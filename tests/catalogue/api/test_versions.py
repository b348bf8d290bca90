"""Definitions over REST: read, drafted, compared, published, brought back."""

from __future__ import annotations

import pytest

from catalogue.models import Draft, RefreshRun, Scope, Segment
from tests.catalogue.api.asking import EVERYTHING, Program, problem, program
from tests.catalogue.segments.ground import FREE, PROS, draft_segment, live_segment
from tests.catalogue.workspace import refresh

pytestmark = pytest.mark.django_db


def draft(asks: Program, **changes: object) -> str:
    """Draft d2 of pros; the ETag to publish it with."""
    answer = asks.post("segments/pros/versions/", {"definition": FREE, **changes})
    assert answer.status_code == 201, answer.content
    return str(answer["ETag"])


def test_a_definition_has_three_faces() -> None:
    live_segment()
    asks = program()
    data = asks.get("segments/pros/definition/")
    yaml = asks.get("segments/pros/definition/", Accept="application/yaml")
    english = asks.get("segments/pros/definition/", Accept="text/plain")
    assert data.json()["where"] == {"all": [{"trait": "plan", "is": "pro"}]}
    assert yaml["Content-Type"] == "application/yaml; charset=utf-8"
    assert "- trait: plan\n" in yaml.content.decode()
    assert english["Content-Type"] == "text/plain; charset=utf-8"
    assert "Plan is pro" in english.content.decode()
    assert len({data["ETag"], yaml["ETag"], english["ETag"]}) == 3
    assert "Accept" in data["Vary"]


def test_a_face_that_a_definition_does_not_have_is_not_acceptable() -> None:
    live_segment()
    answer = program().get("segments/pros/definition/", Accept="application/xml")
    problem(answer, 406, "not_acceptable")


def test_an_error_is_a_problem_whatever_face_was_asked_for() -> None:
    for accept in ("text/plain", "application/yaml"):
        problem(program().get("segments/nothing/definition/", Accept=accept), 404, "not_found")


def test_another_definition_of_a_live_segment_waits_as_a_draft() -> None:
    live_segment()
    asks = program()
    answer = asks.send("PUT", "segments/pros/definition/", FREE, If_Match=asks.etag("pros"))
    assert answer.status_code == 200
    assert asks.get("segments/pros/").json()["draft"]["number"] == 2
    assert asks.get("segments/pros/definition/").json()["where"] == PROS


def test_another_definition_of_a_draft_holds_at_once() -> None:
    draft_segment()
    asks = program()
    answer = asks.send("PUT", "segments/pros/definition/", FREE, If_Match=asks.etag("pros"))
    assert answer.json()["where"] == FREE
    assert asks.get("segments/pros/").json()["definition_version"] == 2


def test_pointers_lead_into_the_body_also_where_it_is_the_definition_alone() -> None:
    live_segment()
    asks = program()
    for body, pointer in (
        ({"all": [{"trait": "plann", "is": "x"}]}, "/all/0/trait"),
        ({"where": {"all": [{"trait": "plann", "is": "x"}]}}, "/where/all/0/trait"),
        ({"any": []}, "/any"),
    ):
        answer = asks.send("PUT", "segments/pros/definition/", body, If_Match=asks.etag("pros"))
        data = problem(answer, 422, "invalid_definition")
        assert data["errors"][0]["pointer"] == pointer
    assert not Draft.objects.exists()


def test_a_draft_is_the_next_version_and_carries_the_whole_segment() -> None:
    live_segment()
    asks = program()
    answer = asks.post("segments/pros/versions/", {"definition": FREE, "why": "Others."})
    data = answer.json()
    assert answer.status_code == 201
    assert answer["Location"] == data["url"] == "http://testserver/api/v1/segments/pros/versions/2/"
    assert (data["number"], data["state"], data["definition"]) == (2, "draft", FREE)
    assert data["document"]["why"] == "Others."
    assert "Plan is free" in data["english"]
    assert asks.get("segments/pros/versions/2/").json() == data
    assert Segment.objects.get().why == "They pay and stay."


def test_somebody_elses_draft_is_not_overwritten_unseen() -> None:
    live_segment()
    asks = program()
    tag = draft(asks)
    problem(
        asks.post("segments/pros/versions/", {"definition": PROS}), 428, "precondition_required"
    )
    assert asks.post("segments/pros/versions/", {"why": "More."}, If_Match=tag).status_code == 201
    answer = asks.post("segments/pros/versions/", {"why": "Late."}, If_Match=tag)
    problem(answer, 412, "stale_version")
    assert Draft.objects.get().document["why"] == "More."
    assert Draft.objects.get().document["definition"] == FREE


def test_a_draft_is_hidden_from_keys_without_the_scope() -> None:
    live_segment()
    draft(program())
    without = program(*(scope for scope in EVERYTHING if scope != Scope.SEGMENTS_DRAFT))
    problem(without.get("segments/pros/versions/2/"), 404, "not_found")
    problem(without.get("segments/pros/versions/diff/?from=1&to=draft"), 404, "not_found")
    problem(without.get("segments/pros/versions/diff/?from=1&to=2"), 404, "not_found")
    assert without.get("segments/pros/").json()["draft"] is None
    listed = without.get("segments/pros/versions/").json()["results"]
    assert [one["number"] for one in listed] == [1]


def test_publishing_makes_the_draft_live_and_asks_for_a_refresh() -> None:
    live_segment()
    asks = program()
    body = {"message": "Free ones too."}
    answer = asks.post("segments/pros/versions/2/publish/", body, If_Match=draft(asks))
    data = answer.json()
    assert (answer.status_code, data["definition_version"], data["state"]) == (200, 2, "live")
    assert asks.get(data["run"]).json()["state"] == "queued"
    assert RefreshRun.objects.get().keys == ["pros"]
    assert answer["ETag"].split(":")[0] == asks.etag("pros").split(":")[0]
    version = asks.get(data["url"]).json()
    assert (version["state"], version["message"]) == ("live", "Free ones too.")
    assert asks.get("segments/pros/versions/1/").json()["state"] == "old"


def test_publishing_needs_a_message_and_the_state_that_was_seen() -> None:
    live_segment()
    asks = program()
    tag = draft(asks)
    path = "segments/pros/versions/2/publish/"
    for body in ({}, {"message": ""}, {"message": "   "}, {"message": 5}, {"message": None}):
        data = problem(asks.post(path, body, If_Match=tag), 400, "invalid_body")
        assert data["errors"][0]["pointer"] == "/message"
    problem(asks.post(path, {"message": "x"}), 428, "precondition_required")
    problem(asks.post(path, {"message": "x"}, If_Match='"old"'), 412, "stale_version")
    assert Segment.objects.get().definition.number == 1


def test_only_what_waits_can_be_published() -> None:
    live_segment()
    asks = program()
    body, tag = {"message": "x"}, asks.etag("pros")
    problem(asks.post("segments/pros/versions/1/publish/", body, If_Match=tag), 409, "refused")
    problem(asks.post("segments/pros/versions/2/publish/", body, If_Match=tag), 404, "not_found")
    tag = draft(asks)
    problem(asks.post("segments/pros/versions/3/publish/", body, If_Match=tag), 404, "not_found")


def test_a_draft_segment_goes_live_with_its_newest_version() -> None:
    draft_segment()
    asks = program()
    body = {"message": "Go."}
    answer = asks.post("segments/pros/versions/1/publish/", body, If_Match=asks.etag("pros"))
    assert answer.json()["definition_version"] == 1
    assert asks.get("segments/pros/").json()["status"] == "live"


def test_what_is_missing_to_go_live_is_said() -> None:
    draft_segment(why="")
    asks = program()
    body = {"message": "Go."}
    answer = asks.post("segments/pros/versions/1/publish/", body, If_Match=asks.etag("pros"))
    assert "Write a why" in problem(answer, 409, "refused")["detail"]


def test_an_older_version_comes_back_as_a_further_one() -> None:
    live_segment()
    asks = program()
    asks.post("segments/pros/versions/2/publish/", {"message": "x"}, If_Match=draft(asks))
    body = {"message": "That was wrong."}
    answer = asks.post("segments/pros/versions/1/restore/", body, If_Match=asks.etag("pros"))
    assert answer.json()["definition_version"] == 3
    third = asks.get("segments/pros/versions/3/").json()
    assert (third["restored"], third["definition"]["where"]) == (1, PROS)


def test_what_was_never_a_version_cannot_come_back() -> None:
    live_segment()
    asks = program()
    body = {"message": "x"}
    for number, status, code in ((9, 404, "not_found"), (1, 409, "refused")):
        path = f"segments/pros/versions/{number}/restore/"
        problem(asks.post(path, body, If_Match=asks.etag("pros")), status, code)


def test_versions_are_listed_newest_first_on_pages_with_the_draft_on_top() -> None:
    live_segment()
    asks = program()
    for number in (2, 3, 4):
        definition = {"all": [{"trait": "plan", "is": f"p{number}"}]}
        tag = draft(asks, definition=definition)
        path = f"segments/pros/versions/{number}/publish/"
        assert asks.post(path, {"message": "x"}, If_Match=tag).status_code == 200
    draft(asks)
    for size in (1, 2, 3, 50):
        found, address = [], f"segments/pros/versions/?page_size={size}&with_count=true"
        while address:
            data = asks.get(address).json()
            assert len(data["results"]) <= size
            assert data["count"] == 5
            found += [(one["number"], one["state"]) for one in data["results"]]
            address = data["next"]
        assert found == [(5, "draft"), (4, "live"), (3, "old"), (2, "old"), (1, "old")]


def test_two_versions_differ_in_words_and_in_people() -> None:
    live_segment()
    refresh("pros")
    asks = program()
    asks.post("segments/pros/versions/2/publish/", {"message": "x"}, If_Match=draft(asks))
    refresh("pros")
    data = asks.get("segments/pros/versions/diff/?from=1&to=2").json()
    lines = [(line["change"], line["text"]) for line in data["english"] if line["change"] != "same"]
    assert lines == [("gone", "Plan is pro"), ("new", "Plan is free")]
    assert {line["change"] for line in data["yaml"]} == {"same", "gone", "new"}
    people = data["people"]
    assert (people["method"], people["entering"], people["leaving"]) == ("published", 2, 2)
    assert (people["from_membership_version"], people["to_membership_version"]) == (1, 2)
    back = asks.get("segments/pros/versions/diff/?from=2&to=1").json()
    assert (back["people"]["entering"], back["people"]["from_membership_version"]) == (2, 2)


def test_a_draft_is_counted_against_what_is_live() -> None:
    live_segment()
    asks = program()
    draft(asks, why="Others.")
    for name in ("draft", "2"):
        data = asks.get(f"segments/pros/versions/diff/?from=1&to={name}").json()
        people = data["people"]
        assert (people["method"], people["entering"], people["leaving"]) == ("estimate", 2, 2)
        assert data["fields"]["why"] == ["They pay and stay.", "Others."]


@pytest.mark.parametrize(
    "query", ["", "?from=1", "?from=1&to=x", "?from=0&to=1", "?from=1&to=2&a=b"]
)
def test_two_versions_are_named_by_their_numbers(query: str) -> None:
    live_segment()
    answer = program().get(f"segments/pros/versions/diff/{query}")
    assert answer.status_code == 400
    problem(answer, 400, answer.json()["code"])


def test_a_version_that_does_not_exist_is_not_found_however_large_its_number() -> None:
    live_segment()
    for number in (0, 2, 2**31, 10**30):
        problem(program().get(f"segments/pros/versions/{number}/"), 404, "not_found")
