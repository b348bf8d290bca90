"""The page of a goal: the answer first, then who, how fast and where people drop off."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from catalogue.definitions.canonical import from_canonical
from catalogue.definitions.nodes import InSegment
from catalogue.models import Segment, Workspace
from tests.catalogue.goals.ground import thirty
from tests.catalogue.segments.ground import seat
from tests.catalogue.web.reading import words_of
from tests.catalogue.workspace import NOW, define, ids, load_workspace, refresh

pytestmark = pytest.mark.django_db
PAGE = "/segments/trying/goal/"


@pytest.fixture
def edna(client: Client) -> Client:
    load_workspace()
    client.force_login(seat("edna"))
    return client


def test_the_page_answers_whether_the_goal_is_reached_and_by_whom(edna: Client) -> None:
    thirty()
    said = words_of(edna.get(PAGE).text)
    for words in (
        "“Subscribed” within 7 days of entering; at least 25% by 31 December 2026.",
        "95 % interval 11.2–46.9 %",
        "Reached 5",
        "Missed 15",
        "Still have time 10 2 are there already",
        "30 customers entered since 18 Mar 2026",
        "only the 20 whose time is over",
        "A line needs two weeks",
        "“Opened” 10",
        "“Invited” fewer than 10",
    ):
        assert words in said.replace("\N{NO-BREAK SPACE}", " "), words


def test_with_few_people_the_page_says_why_the_share_is_hidden(edna: Client) -> None:
    thirty()
    Workspace.objects.create(pk=1, fewest_people=40)
    said = words_of(edna.get(PAGE).text)
    assert "The time of fewer than 40 people is over" in said
    assert "so the curve is hidden" in said


def test_when_the_newest_refresh_could_not_measure_it_the_page_says_why_and_of_when_it_is(
    edna: Client,
) -> None:
    define("others", {"trait": "plan", "is": "pro"})
    goal = {"condition": {"in_segment": "others"}, "within": "3 days"}
    define("trying", {"trait": "plan", "is_set": True}, goal=goal)
    refresh()
    Segment.objects.filter(key="others").update(status="archived")
    refresh(now=NOW + timedelta(days=1))

    said = words_of(edna.get(PAGE).text)

    assert "The newest refresh could not measure it: there is no segment “others”" in said
    assert "What you see is of the last one that could." in said
    assert "as of 18 Mar 2026" in said


def test_one_click_makes_a_draft_that_can_be_refreshed_like_any(edna: Client) -> None:
    thirty()
    for expected in ("trying-not-reached", "trying-not-reached-2"):
        answer = edna.post(f"{PAGE}use/", {"part": "not_reached"})
        assert answer["Location"] == f"/segments/{expected}/edit/"
    made = Segment.objects.get(key="trying-not-reached")
    assert (made.status, made.owner_email) == ("draft", "edna@fieldnote.example")
    assert made.definition is not None
    tree = from_canonical(str(made.definition.canonical))
    assert tree.where == InSegment(key="trying", part="not_reached")
    refresh(made.key, now=NOW)
    assert len(ids(made.key)) == 20


def test_a_part_that_there_is_not_makes_nothing(edna: Client) -> None:
    define("trying", {"trait": "plan", "is": "pro"})
    answer = edna.post(f"{PAGE}use/", {"part": "reached"}, follow=True)
    assert "has no part “reached”. Give it a goal first." in answer.text
    assert Segment.objects.count() == 1


def test_without_a_goal_the_page_teaches_what_one_is(edna: Client) -> None:
    define("trying", {"trait": "plan", "is": "pro"})
    page = edna.get(PAGE).text
    assert "A goal says what these people should do" in words_of(page)
    assert 'href="/segments/trying/edit/"' in page


def test_lists_and_home_show_how_goals_stand(edna: Client) -> None:
    thirty()
    assert "Reached 25.0 %" in words_of(edna.get("/segments/").text).replace("\xa0", " ")
    assert edna.get("/segments/?goal_state=missed").text.count('href="/segments/trying/"') == 0
    home = words_of(edna.get("/").text).replace("\xa0", " ")
    assert "Goals, at risk first trying Reached 25.0 %" in home
    assert "Reached 25.0 %" in words_of(edna.get("/segments/trying/").text).replace("\xa0", " ")


def test_the_editor_offers_parts_and_keeps_one_that_was_chosen(edna: Client) -> None:
    thirty()
    edna.post(f"{PAGE}use/", {"part": "not_reached"})
    page = edna.get("/segments/trying-not-reached/edit/").text
    assert '<option value="trying#not_reached" selected>' in page
    assert '<option value="trying#reached">“trying: reached”' in page
