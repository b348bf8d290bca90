"""Forms that come too late, are sent twice, or lead to publishing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine
from django.test import Client

from catalogue.models import Draft, Segment
from catalogue.segments.documents import token_of
from catalogue.segments.editing import save_draft
from catalogue.segments.publishing import publish
from tests.catalogue.segments.ground import FREE, changed, seat, team
from tests.catalogue.web.builder.posting import form_on
from tests.catalogue.web.reading import words_of
from tests.catalogue.web.writing import (
    EDIT,
    fields,
    live,
    someone_else_saves,
    state,
)
from tests.catalogue.workspace import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _midday() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def edna(client: Client) -> Client:
    """The browser of an editor of the team."""
    team()
    client.force_login(seat("edna"))
    return client


def test_a_stale_form_is_refused_with_both_versions(edna: Client) -> None:
    segment = live()
    posted = fields(edna, **{"rule-0-value": "free"})
    someone_else_saves(segment, why="Tom knows better.")
    before = state()

    answer = edna.post(EDIT, {**posted, "do": "save"})

    assert answer.status_code == 409
    words = words_of(answer.text)
    assert "Tom has changed “Pros” since you opened it" in words
    assert "Removed: Plan is pro" in words
    assert "Added: Plan is free" in words
    assert "Tom knows better." in words
    assert state() == before


def test_a_conflict_names_whoever_saved_last(edna: Client) -> None:
    segment = live()
    someone_else_saves(segment, why="Tom knows better.")
    posted = fields(edna)
    save_draft(
        key="pros",
        document=changed(segment, why="Ida knows best."),
        token=token_of(Segment.objects.get()),
        by=seat("ida"),
        via="web",
    )

    answer = edna.post(EDIT, {**posted, "do": "save"})

    assert "Ida has changed “Pros”" in words_of(answer.text)


def test_mine_can_be_taken_over_onto_theirs_deliberately(edna: Client) -> None:
    segment = live()
    posted = fields(edna, **{"rule-0-value": "free", "message-sales": "Line one\r\nline two"})
    someone_else_saves(segment, why="Tom knows better.")
    conflict = edna.post(EDIT, {**posted, "do": "save"})

    carried = form_on(conflict.text, mark=f'action="{EDIT}"')
    again = edna.post(EDIT, {**carried, "do": "update"})

    assert again.status_code == 200
    mine = form_on(again.text)
    assert mine["rule-0-value"] == ["free"]
    assert mine["message-sales"] == ["Line one\r\nline two"]
    assert mine["token"] == [token_of(Segment.objects.get())]
    assert Draft.objects.get().document["why"] == "Tom knows better."
    edna.post(EDIT, {**mine, "do": "save"})
    kept = Draft.objects.get().document
    assert kept["definition"]["where"] == {"all": [{"trait": "plan", "is": "free"}]}
    assert kept["why"] == "They pay and stay."


def test_a_form_sent_twice_is_stored_once(edna: Client) -> None:
    live()
    posted = {**fields(edna, **{"rule-0-value": "free"}), "do": "save"}

    assert edna.post(EDIT, posted).status_code == 302
    before = state()
    assert edna.post(EDIT, posted).status_code == 409
    assert state() == before


def test_publishing_saves_the_draft_and_leads_to_the_question(edna: Client) -> None:
    live()

    answer = edna.post(EDIT, {**fields(edna, **{"rule-0-value": "free"}), "do": "publish"})

    assert answer["Location"] == "/segments/pros/publish/"
    assert Draft.objects.exists()
    assert Segment.objects.get().definition.number == 1


def test_publishing_without_a_change_leads_to_the_draft_that_waits(edna: Client) -> None:
    segment = live()
    someone_else_saves(segment, definition=FREE)

    answer = edna.post(EDIT, {**fields(edna), "do": "publish"})

    assert answer["Location"] == "/segments/pros/publish/"


def test_discarding_asks_first_and_leaves_what_is_live(edna: Client) -> None:
    segment = live()
    someone_else_saves(segment, definition=FREE)

    asked = edna.get("/segments/pros/discard/")
    assert "Added: Plan is free" in words_of(asked.text)
    assert Draft.objects.exists()
    done = edna.post("/segments/pros/discard/", follow=True)

    assert "What is live stays" in done.text
    assert not Draft.objects.exists()
    assert "no draft to discard" in edna.get("/segments/pros/discard/").text


def test_publish_uses_the_newest_definition(edna: Client) -> None:
    segment = live()
    someone_else_saves(segment, definition=FREE)
    segment = Segment.objects.get()
    publish(key="pros", message="Free.", token=token_of(segment), by=None, via="command")

    assert form_on(edna.get(EDIT).text)["rule-0-value"] == ["free"]
