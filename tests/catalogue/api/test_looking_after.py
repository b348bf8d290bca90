"""Going live, reviews, playbooks and feedback through the API."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from catalogue.models import ApiKey, Review, Scope, Segment, Team
from catalogue.segments.documents import token_of
from tests.catalogue.api.asking import key_text
from tests.catalogue.segments.ground import FREE, draft_segment, live_segment
from tests.catalogue.workspace import refresh

pytestmark = [pytest.mark.django_db]
API = "/api/v1/segments/pros/"
ANSWERS = {
    **dict.fromkeys(("still_true", "still_used", "goal_holds", "message_right"), "yes"),
    "outcome": "keep",
}


def program(*scopes: str) -> Client:
    text = key_text(*(scopes or Scope.values))
    return Client(headers={"Authorization": f"Bearer {text}"})


def post(client: Client, path: str, body: dict[str, Any], **headers: str) -> Any:
    return client.post(
        f"{API}{path}", body, content_type="application/json", headers=headers or None
    )


def test_a_refused_publish_lists_code_sentence_fix_and_pointer(settings: Any) -> None:
    settings.GATE_ASKS_FOR = None
    draft_segment(models=["plan_status"])
    answer = post(program(), "versions/1/publish/", {"message": "Go."}, if_match="*")
    assert (answer.status_code, answer.json()["code"]) == (409, "refused")
    assert answer.json()["errors"][0] == {
        "code": "no_goal",
        "detail": "It has no goal.",
        "fix": "Say which event is to follow, and for how many of them.",
        "pointer": "/goal",
    }
    assert len(answer.json()["errors"]) == 5
    assert Segment.objects.get().status == "draft"


def test_with_four_eyes_a_second_key_publishes_what_the_first_asked_for() -> None:
    live_segment()
    Team.objects.update(four_eyes=True)
    first, second = program(), program()
    # Of two keys of one name nobody could tell which of them edited last.
    ApiKey.objects.filter(pk=ApiKey.objects.latest("pk").pk).update(name="deploy")
    assert post(first, "versions/", {"definition": FREE}).status_code == 201
    refused = post(first, "versions/2/publish/", {"message": "Go."}, if_match="*")
    assert (refused.status_code, refused.json()["code"]) == (409, "needs_second_person")
    asked = post(first, "versions/2/request/", {"message": "Go."}, if_match="*")
    assert (asked.status_code, asked.json()["definition_version"]) == (201, 2)
    done = post(second, "versions/2/publish/", {"message": "Go."}, if_match="*")
    assert (done.status_code, Segment.objects.get().definition.number) == (200, 2)


def test_a_review_is_done_listed_and_no_longer_due() -> None:
    live_segment()
    client = program()
    (due,) = client.get("/api/v1/reviews/").json()["results"]
    assert (due["segment"], due["state"], due["every"]) == ("pros", "later", "90 days")
    assert client.get("/api/v1/reviews/?state=overdue").json()["results"] == []
    done = post(client, "reviews/", ANSWERS)
    assert done.status_code == 201
    assert client.get(f"{API}reviews/").json()["results"] == [done.json()]
    bad = post(client, "reviews/", {**ANSWERS, "outcome": "maybe"})
    assert (bad.status_code, bad.json()["errors"][0]["pointer"]) == (400, "/outcome")
    assert Review.objects.count() == 1


def test_trust_is_told_of_every_segment() -> None:
    live_segment()
    assert program().get(API).json()["trust"]["state"] == "none"


def test_a_guide_is_written_as_messages_read_as_a_playbook_and_noted() -> None:
    segment = live_segment(messages={"sales": "Hello."})
    client = program()
    guide = {"message": "Good day.", "promise": "A report."}
    edited = client.patch(
        API,
        {"messages": {"sales": guide}},
        content_type="application/json",
        headers={"If-Match": f'"{token_of(segment)}"'},
    )
    assert edited.json()["messages"] == {"sales": guide}
    guides = {one["function"]: one for one in client.get(f"{API}playbook/").json()["guides"]}
    assert guides["sales"]["version"] == 2
    assert guides["sales"]["parts"] == {"promise": "A report."}
    assert (guides["sales"]["noted"]["asked"], guides["marketing"]["version"]) == (True, 0)
    assert post(client, "playbook/acknowledge/", {"function": "sales"}).status_code == 201
    again = client.get(f"{API}playbook/").json()["guides"]
    assert not next(one for one in again if one["function"] == "sales")["noted"]["asked"]


def test_feedback_needs_the_right_to_see_people_and_names_nobody() -> None:
    live_segment()
    refresh("pros")
    blind = program(Scope.SEGMENTS_READ, Scope.SEGMENTS_WRITE)
    body = {"id": "ada", "fits": False, "reason": "wrong_data"}
    assert post(blind, "feedback/", body).json()["code"] == "missing_scope"
    client = program()
    assert post(client, "feedback/", body).status_code == 201
    assert post(client, "feedback/", {"id": "bob", "fits": True}).json()["code"] == "refused"
    answer = blind.get(f"{API}feedback/")
    assert answer.json()["reasons"] == [
        {"reason": "wrong_data", "label": "What we know of them is wrong", "count": 1}
    ]
    assert answer.json()["precision"]["value"] is None
    assert "ada" not in answer.text
