from __future__ import annotations

import pytest

from catalogue.models import Idea, Role
from tests.catalogue.api.asking import problem, program
from tests.catalogue.ideas.ground import idea
from tests.catalogue.segments.ground import live_segment, seat

pytestmark = pytest.mark.django_db


def test_an_idea_is_added_voted_for_moved_parked_and_merged() -> None:
    seat("mia", Role.VIEWER)
    live_segment("pros")
    api = program()

    made = api.post("ideas/", {"title": "Call before the trial ends", "segment": "pros"})
    assert made.status_code == 201
    assert made["Location"] == made.json()["url"]
    here = f"ideas/{made.json()['number']}/"
    voted = api.post(f"{here}vote/", {"voter": "mia@fieldnote.example"}).json()
    assert (voted["votes"], voted["votes_by_team"]) == (1, [{"team": "growth", "votes": 1}])
    assert api.post(f"{here}move/", {"state": "researching"}).json()["state"] == "researching"
    parked = api.post(f"{here}park/", {"reason": "Later.", "wakes_when": "trait phone exists"})
    assert parked.json()["parked"] == {
        "reason": "Later.",
        "wakes_on": None,
        "wakes_when": "trait phone exists",
    }
    other = api.post("ideas/", {"title": "Ring them"}).json()
    merged = api.post(f"{here}merge/", {"into": other["number"]}).json()
    assert (merged["number"], merged["votes"]) == (other["number"], 1)
    assert merged["merged_from"] == [made.json()["number"]]


def test_nobody_deletes_an_idea_through_the_api() -> None:
    made = idea()

    answer = program().send("DELETE", f"ideas/{made.pk}/", **{"If-Match": "*"})

    problem(answer, 405, "method_not_allowed")
    assert Idea.objects.count() == 1


def test_an_edit_names_the_state_it_was_made_from() -> None:
    made, api = idea(), program()
    here = f"ideas/{made.pk}/"
    etag = api.get(here)["ETag"]

    problem(api.send("PATCH", here, {"text": "A."}), 428, "precondition_required")
    assert api.send("PATCH", here, {"text": "A."}, **{"If-Match": etag}).json()["text"] == "A."
    problem(api.send("PATCH", here, {"text": "B."}, **{"If-Match": etag}), 412, "stale_version")

    assert Idea.objects.get().text == "A."


def test_what_does_not_fit_is_named_by_its_pointer_and_nothing_is_written() -> None:
    api = program()

    wrong = problem(api.post("ideas/", {"title": "X", "segment": "no"}), 400, "invalid_body")
    assert wrong["errors"][0]["pointer"] == "/segment"
    wrong = problem(api.post("ideas/", {"titel": "X"}), 400, "invalid_body")
    assert wrong["errors"][0]["suggestion"] == "title"
    here = f"ideas/{idea().pk}/"
    problem(api.post(f"{here}move/", {"state": "adopted"}), 409, "refused")
    wrong = problem(api.post(f"{here}park/", {"reason": "Later."}), 400, "invalid_body")
    assert wrong["errors"][0]["pointer"] == "/wakes_on"
    problem(api.post("ideas/999/move/", {"state": "trying"}), 404, "not_found")

    assert Idea.objects.get().state == "new"


def test_ideas_are_found_by_words_state_team_and_segment() -> None:
    live_segment("pros")
    call = idea(text="They meant to start.", segment="pros")
    idea("Send a mail", team="sales")
    api = program()

    for query in ("q=meant+START", "segment=pros", "team=growth"):
        found = api.get(f"ideas/?{query}").json()["results"]
        assert [one["number"] for one in found] == [call.pk], query
    assert api.get("ideas/?state=parked").json()["results"] == []
    problem(api.get("ideas/?staet=new"), 400, "unknown_parameter")
    problem(api.get("ideas/?state=gone"), 400, "invalid_parameter")


def test_a_request_sent_twice_adds_one_idea() -> None:
    api = program()
    answers = [
        api.post("ideas/", {"title": "Call them"}, **{"Idempotency-Key": "one"}) for _ in range(2)
    ]

    assert answers[0].json() == answers[1].json()
    assert Idea.objects.count() == 1


def test_a_draft_is_made_of_an_idea() -> None:
    live_segment("pros")
    api = program()
    made = api.post("ideas/", {"title": "Call them early", "segment": "pros"}).json()

    draft = api.post(f"ideas/{made['number']}/draft/", {"key": "call-early"})

    assert draft.status_code == 201
    assert (draft.json()["key"], draft.json()["status"]) == ("call-early", "draft")
    again = api.get(f"ideas/{made['number']}/").json()
    assert [one["target"] for one in again["links"]] == ["call-early d1"]
