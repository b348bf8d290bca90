from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from catalogue.ideas.moving import park_idea
from catalogue.models import Idea, IdeaVote, Role, Segment, User
from tests.catalogue.ideas.ground import how, idea
from tests.catalogue.segments.ground import live_segment, seat

pytestmark = pytest.mark.django_db


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_the_board_shows_each_idea_under_its_state_with_its_way_on() -> None:
    mia = seat("mia")
    made = idea()
    park_idea(
        number=idea("Send a text message").pk,
        reason="No consent for phone yet.",
        wakes_on=date(2026, 4, 1),
        **how(),
    )

    page = signed_in(mia).get("/ideas/").text

    new, parked = page.index('id="state-new"'), page.index('id="state-parked"')
    assert new < page.index(made.title) < parked < page.index("No consent for phone yet.")
    assert "wakes 1 Apr 2026" in page
    assert f'action="/ideas/{made.pk}/move/"' in page


def test_who_does_not_steer_an_idea_is_offered_a_vote_but_no_move() -> None:
    made = idea()

    page = signed_in(seat("nora", Role.VIEWER)).get("/ideas/").text

    assert f'action="/ideas/{made.pk}/vote/"' in page
    assert f'action="/ideas/{made.pk}/move/"' not in page


def test_a_vote_is_cast_and_taken_back_and_leads_back_to_where_it_was_cast() -> None:
    mia, made = seat("mia"), idea()
    client = signed_in(mia)
    here = f"/ideas/{made.pk}/vote/"

    answer = client.post(here, {"vote": "yes", "back": "/ideas/?team=growth"})
    assert answer["Location"] == f"/ideas/?team=growth#idea-{made.pk}"
    assert IdeaVote.objects.get().voter == mia
    answer = client.post(here, {"vote": "no", "back": "//evil.example/"})
    assert answer["Location"] == f"/ideas/{made.pk}/"
    assert not IdeaVote.objects.exists()


def test_a_form_that_is_refused_says_why_at_its_field_and_keeps_what_was_written() -> None:
    client, made = signed_in(seat("mia")), idea()
    here = f"/ideas/{made.pk}/park/"

    answer = client.post(here, {"reason": "Prices change.", "wakes_when": "soon"})

    assert answer.status_code == 422
    assert "“soon” is no condition." in answer.text
    assert "Prices change." in answer.text
    assert Idea.objects.get().state == "new"


def test_an_idea_is_written_down_and_what_is_nearly_the_same_is_shown_before() -> None:
    client = signed_in(seat("mia"))
    first = idea()

    near = client.get("/ideas/near/?title=Call before trials end", headers={"HX-Request": "true"})
    assert first.title in near.text
    sent = {"title": "Call <b>them</b>", "team": "growth", "effect": "large", "effort": "small"}
    answer = client.post("/ideas/new/", sent)

    made = Idea.objects.get(title="Call <b>them</b>")
    assert answer["Location"] == f"/ideas/{made.pk}/"
    assert (made.author_name, made.effect) == ("Mia", "large")
    page = client.get(f"/ideas/{made.pk}/").text
    assert "Call &lt;b&gt;them&lt;/b&gt;" in page
    assert "had the idea" in page


def test_the_tab_of_a_segment_lists_its_ideas_and_teaches_when_there_is_none() -> None:
    client = signed_in(seat("mia"))
    live_segment("pros")

    assert "Nobody had an idea about this segment yet" in client.get("/segments/pros/ideas/").text
    made = idea(segment="pros")
    idea("Send a mail")
    page = client.get("/segments/pros/ideas/").text
    assert made.title in page
    assert "Send a mail" not in page


def test_an_idea_becomes_a_draft_that_can_be_edited_at_once() -> None:
    client, made = signed_in(seat("mia")), idea()
    live_segment("pros")

    answer = client.post(f"/ideas/{made.pk}/draft/")

    assert answer["Location"] == "/segments/call-before-the-trial-ends/edit/"
    assert Segment.objects.get(key="call-before-the-trial-ends").status == "draft"


def test_nobody_sees_an_idea_private_to_another_team() -> None:
    made = idea("Secret plan", is_private=True)
    client = signed_in(seat("lena", Role.ADMIN, at="sales"))

    assert "Secret plan" not in client.get("/ideas/").text
    assert client.get(f"/ideas/{made.pk}/").status_code == 404
    assert client.post(f"/ideas/{made.pk}/vote/", {"vote": "yes"}).status_code == 404
    assert client.get("/ideas/99999999999999999999/").status_code == 404
    assert "Secret plan" not in client.get("/changes/").text
