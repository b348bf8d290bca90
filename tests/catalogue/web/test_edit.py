"""Changing a segment on its page: what is stored, what is refused, and for whom."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine
from django.test import Client

from catalogue.models import Draft, Role, Segment
from catalogue.segments.documents import document_of
from catalogue.segments.publishing import archive
from tests.catalogue.segments.ground import seat, team
from tests.catalogue.web.builder.posting import form_on
from tests.catalogue.web.reading import HTMX, words_of
from tests.catalogue.web.writing import (
    EDIT,
    PREVIEW,
    draft,
    fields,
    live,
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


def test_the_form_shows_everything_a_segment_says(edna: Client) -> None:
    live(
        goal={"event": "purchase", "within": "14 days", "at_least": "25%", "by": "2026-12-31"},
        review={"every": "90 days", "reviewer": "tom@fieldnote.example"},
        refresh="every 6 hours",
        messages={"sales": "Call them.", "founders": "Write."},
        sync=[{"to": "hubspot", "as": "Pros"}],
        models=["usage"],
    )

    found = fields(edna)

    said = {name: values[0] for name, values in found.items()}
    assert said["name"] == "Pros"
    assert said["why"] == "They pay and stay."
    assert (said["goal_event"], said["goal_by"]) == ("purchase", "2026-12-31")
    assert (said["refresh"], said["reviewer"]) == ("every 6 hours", "tom@fieldnote.example")
    assert (said["message-sales"], said["message-founders"]) == ("Call them.", "Write.")
    assert (found["sync-to"], found["sync-as"]) == (["hubspot", "", ""], ["Pros", "", ""])
    assert said["models"] == "usage"
    assert said["rule-0-value"] == "pro"


def test_saving_what_is_there_stores_nothing(edna: Client) -> None:
    goal = {
        "event": ["purchase", "login"],
        "where": [{"prop": "amount", "gt": 3}],
        "within": "3 days",
        "steps": [{"did": "login"}],
    }
    live(evidence=[{"kind": "survey", "source": "x"}], goal=goal)
    posted = fields(edna)
    before = state()

    answer = edna.post(EDIT, {**posted, "do": "save"}, follow=True)

    assert "nothing was stored" in words_of(answer.text) or "nothing was stored" in answer.text
    assert state() == before


def test_steps_to_the_goal_are_written_in_their_order_and_keep_which_of_them_count(
    edna: Client,
) -> None:
    some = {"did": "login", "where": [{"prop": "amount", "gt": 3}]}
    draft(goal={"event": "purchase", "within": "3 days", "steps": [some]})
    assert fields(edna)["goal_steps"] == ["login"]

    edna.post(EDIT, {**fields(edna, goal_steps="purchase, login"), "do": "save"})
    assert Segment.objects.get().goal["steps"] == [{"did": "purchase"}, some]

    edna.post(EDIT, {**fields(edna, goal_steps=""), "do": "save"})
    assert "steps" not in Segment.objects.get().goal


def test_a_step_that_nobody_ever_took_is_refused_at_its_field(edna: Client) -> None:
    draft(goal={"event": "purchase", "within": "3 days"})

    answer = edna.post(EDIT, {**fields(edna, goal_steps="purchas"), "do": "save"})

    assert answer.status_code == 422
    assert "Did you mean “purchase”?" in answer.text
    assert "steps" not in Segment.objects.get().goal


def test_saving_a_live_segment_keeps_a_draft_and_serves_what_is_live(edna: Client) -> None:
    live(evidence=[{"kind": "survey", "source": "x"}])

    answer = edna.post(EDIT, {**fields(edna, **{"rule-0-value": "free"}), "do": "save"})

    assert (answer.status_code, answer["Location"]) == (302, EDIT)
    kept = Draft.objects.get()
    assert kept.document["definition"]["where"] == {"all": [{"trait": "plan", "is": "free"}]}
    assert kept.document["evidence"] == [{"kind": "survey", "source": "x"}]
    assert Segment.objects.get().definition.number == 1
    assert "Draft of d2" in edna.get(EDIT).text


def test_saving_a_draft_segment_stores_at_once(edna: Client) -> None:
    draft()

    posted = fields(edna, name="Better pros", **{"rule-0-value": "free"})
    edna.post(EDIT, {**posted, "is_private": "on", "do": "save"})

    segment = Segment.objects.get()
    assert (segment.name, segment.is_private, segment.definition.number) == ("Better pros", True, 2)
    assert not Draft.objects.exists()


def test_every_fact_of_the_form_is_stored(edna: Client) -> None:
    draft()
    changes = {
        "why": "New why.",
        "owner": "edna@fieldnote.example",
        "goal_event": "login",
        "goal_within": "3 days",
        "goal_at_least": "10%",
        "goal_by": "2027-01-01",
        "review_every": "30 days",
        "reviewer": "tom@fieldnote.example",
        "refresh": "every 1 day at 06:00",
        "message-sales": "Two\r\nlines",
    }

    posted = fields(edna) | {name: [text] for name, text in changes.items()}
    posted |= {"models": ["usage", "plan_status"], "sync-to": ["mailman", ""], "sync-as": ["", ""]}
    edna.post(EDIT, {**posted, "do": "save"})

    document = document_of(Segment.objects.get())
    assert document["goal"] == {
        "event": "login",
        "within": "3 days",
        "at_least": "10%",
        "by": "2027-01-01",
    }
    assert document["review"] == {"every": "30 days", "reviewer": "tom@fieldnote.example"}
    assert document["refresh"] == "every 1 day at 06:00"
    assert document["messages"] == {"sales": "Two\nlines"}
    assert document["sync"] == [{"to": "mailman"}]
    assert sorted(document["models"]) == ["plan_status", "usage"]
    assert (document["why"], document["owner"]) == ("New why.", "edna@fieldnote.example")


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("goal_at_least", "a lot", "is no percentage"),
        ("goal_within", "soon", "is not a duration"),
        ("refresh", "often", "is no timetable"),
        ("owner", "edna", "is no e-mail address"),
        ("reviewer", "tom", "is no e-mail address"),
        ("name", "x" * 201, "at most 200"),
        ("team", "no-such-team", "Select a valid choice"),
        ("models", "astrology", "Select a valid choice"),
        ("rule-0-value", "", "Write a value"),
        ("rule-0-name", "plann", "Did you mean “plan”?"),
        ("rule-timezone", "Berlin", "is no time zone"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_stored(
    edna: Client, field: str, typed: str, sentence: str
) -> None:
    draft()
    posted = fields(edna) | {field: [typed]}
    before = state()

    answer = edna.post(EDIT, {**posted, "do": "save"})

    assert answer.status_code == 422
    assert sentence in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert form_on(answer.text)[field if field != "models" else "name"]
    assert state() == before


def test_everything_that_is_wrong_is_said_at_once(edna: Client) -> None:
    draft()
    posted = fields(edna) | {"rule-0-value": [""], "goal_within": ["soon"], "refresh": ["often"]}

    words = words_of(edna.post(EDIT, {**posted, "do": "save"}).text)

    assert "Nothing was stored yet" in words
    assert "Write a value" in words
    assert "is not a duration" in words
    assert "is no timetable" in words


def test_a_locked_row_is_carried_through_the_form(edna: Client) -> None:
    deep = {"any": [{"trait": "plan", "is": "pro"}, {"not": {"did": "login", "in_last": "7 day"}}]}
    live(definition={"all": [{"trait": "plan", "is": "pro"}, deep]})

    edna.post(EDIT, {**fields(edna, **{"rule-0-value": "free"}), "do": "save"})

    assert Draft.objects.get().document["definition"]["where"] == {
        "all": [{"trait": "plan", "is": "free"}, deep]
    }


def test_a_forged_locked_row_is_refused(edna: Client) -> None:
    live(definition={"all": [{"not": {"trait": "plan", "is": "pro"}}]})
    posted = fields(edna) | {"rule-0-locked": ['{"not": {"trait": "plan", "is": {"a": 1}}}']}
    before = state()

    answer = edna.post(EDIT, {**posted, "do": "save"})

    assert answer.status_code == 422
    assert "This must be one value" in answer.text
    assert state() == before


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 200),
        (b'{"name": "json"}', 200),
        (b"rule-row=0&" * 1_200, 400),
        (b"why=" + b"x" * 2_700_000, 400),
        (b"rule-row=%FF%FE&rule-0-is=%00&name=%00", 200),
    ],
)
def test_bodies_of_the_wrong_kind_change_nothing(edna: Client, body: bytes, status: int) -> None:
    live()
    before = state()

    for path in (EDIT, PREVIEW):
        answer = edna.generic("POST", path, body, content_type="application/x-www-form-urlencoded")

        assert answer.status_code == status
    assert state() == before


@pytest.mark.parametrize("name", ["why", "name", "message-sales", "goal_by", "rule-0-value"])
def test_text_that_cannot_be_stored_is_refused(edna: Client, name: str) -> None:
    draft()
    posted = fields(edna) | {name: ["a\x00b"], "do": ["save"]}
    before = state()

    assert edna.post(EDIT, posted).status_code == 422
    assert state() == before


@pytest.mark.parametrize("role", [None, Role.VIEWER])
@pytest.mark.parametrize("path", [EDIT, "/segments/pros/publish/", "/segments/pros/discard/"])
def test_whoever_may_not_write_is_told_who_may(client: Client, role: str | None, path: str) -> None:
    team()
    live()
    client.force_login(seat("vera", role))
    before = state()

    for answer in (client.get(path), client.post(path, {"do": "save", "message": "x"})):
        assert answer.status_code == 403
        assert "Its owner and the editors of the team Growth may" in answer.text
    assert client.post(PREVIEW).status_code == 403
    assert state() == before


def test_a_private_draft_does_not_exist_for_others(client: Client) -> None:
    team()
    segment = draft()
    Segment.objects.filter(pk=segment.pk).update(is_private=True)
    client.force_login(seat("olga", at="sales"))

    assert client.get(EDIT).status_code == 404
    assert client.post(PREVIEW).status_code == 404


def test_an_archived_segment_is_not_edited(edna: Client) -> None:
    live()
    archive(key="pros", by=None, via="web")

    assert edna.get(EDIT).status_code == 410
    assert edna.post(EDIT, {"do": "save"}).status_code == 410


def test_a_list_kept_by_hand_keeps_its_members(edna: Client) -> None:
    segment = live()
    version = segment.definitions.create(number=2, canonical=None, definition_hash="0" * 64)
    Segment.objects.filter(pk=segment.pk).update(definition=version)

    answer = edna.get(EDIT)

    assert "on a list kept by hand" in words_of(answer.text)
    assert 'name="rule-row"' not in answer.text
    assert edna.post(PREVIEW, {"do": "count"}, headers=HTMX).status_code == 200
