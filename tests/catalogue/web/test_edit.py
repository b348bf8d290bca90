"""Changing a segment on its page: saving, looking first, coming too late."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
import time_machine
from django.test import Client

from catalogue.models import Change, Draft, Role, Segment, TraitEntry, User
from catalogue.segments.documents import document_of, token_of
from catalogue.segments.editing import save_draft
from catalogue.segments.publishing import archive, publish
from tests.catalogue.segments.ground import (
    FREE,
    PROS,
    changed,
    live_segment,
    seat,
    team,
)
from tests.catalogue.web.builder.posting import form_on
from tests.catalogue.web.reading import HTMX, words_of
from tests.catalogue.web.writing import draft, live
from tests.catalogue.workspace import NOW, define, refresh

pytestmark = pytest.mark.django_db
PAGE = "/segments/pros/edit/"
PREVIEW = "/segments/pros/edit/preview/"
Fields = dict[str, list[str]]


@pytest.fixture(autouse=True)
def _midday() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def editor() -> User:
    team()
    return seat("edna")


@pytest.fixture
def edna(client: Client, editor: User) -> Client:
    client.force_login(editor)
    return client


def fields(client: Client, **changes: str) -> Fields:
    """The form as a browser would post it, some fields filled in otherwise."""
    answer = client.get(PAGE)
    assert answer.status_code == 200
    found = form_on(answer.text)
    return found | {name.replace("__", "-"): [value] for name, value in changes.items()}


def state() -> tuple[object, ...]:
    """All that an edit may change."""
    return (
        list(Segment.objects.order_by("key").values()),
        list(Draft.objects.values()),
        Change.objects.count(),
    )


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
    live(evidence=[{"kind": "survey", "source": "x"}], goal={"event": "purchase"})
    posted = fields(edna)
    before = state()

    answer = edna.post(PAGE, {**posted, "do": "save"}, follow=True)

    assert "nothing was stored" in words_of(answer.text) or "nothing was stored" in answer.text
    assert state() == before


def test_saving_a_live_segment_keeps_a_draft_and_serves_what_is_live(edna: Client) -> None:
    live(evidence=[{"kind": "survey", "source": "x"}])

    answer = edna.post(PAGE, {**fields(edna, **{"rule-0-value": "free"}), "do": "save"})

    assert (answer.status_code, answer["Location"]) == (302, PAGE)
    kept = Draft.objects.get()
    assert kept.document["definition"]["where"] == {"all": [{"trait": "plan", "is": "free"}]}
    assert kept.document["evidence"] == [{"kind": "survey", "source": "x"}]
    assert Segment.objects.get().definition.number == 1
    assert "Draft of d2" in edna.get(PAGE).text


def test_saving_a_draft_segment_stores_at_once(edna: Client) -> None:
    draft()

    posted = fields(edna, name="Better pros", **{"rule-0-value": "free"})
    edna.post(PAGE, {**posted, "is_private": "on", "do": "save"})

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
    edna.post(PAGE, {**posted, "do": "save"})

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

    answer = edna.post(PAGE, {**posted, "do": "save"})

    assert answer.status_code == 422
    assert sentence in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert form_on(answer.text)[field if field != "models" else "name"]
    assert state() == before


def test_everything_that_is_wrong_is_said_at_once(edna: Client) -> None:
    draft()
    posted = fields(edna) | {"rule-0-value": [""], "goal_within": ["soon"], "refresh": ["often"]}

    words = words_of(edna.post(PAGE, {**posted, "do": "save"}).text)

    assert "Nothing was stored yet" in words
    assert "Write a value" in words
    assert "is not a duration" in words
    assert "is no timetable" in words


def test_a_button_of_the_builder_stores_nothing_and_needs_no_script(edna: Client) -> None:
    live_segment()
    before = state()

    added = edna.post(PAGE, {**fields(edna), "do": "add:did"})
    assert added.status_code == 200
    assert 'aria-invalid="true"' not in added.text  # not finished is not wrong
    posted = form_on(added.text) | {"rule-1-event": ["login"]}
    updated = edna.post(PAGE, {**posted, "do": "update"})

    assert "has done" in words_of(updated.text)
    assert re.search(r"1 people|1 person", words_of(updated.text))
    assert state() == before
    edna.post(PAGE, {**form_on(updated.text), "do": "save"})
    assert Draft.objects.get().document["definition"]["where"] == {
        "all": [{"trait": "plan", "is": "pro"}, {"did": "login"}]
    }


def test_yaml_says_the_same_and_changes_the_same(edna: Client) -> None:
    live()

    turned = edna.post(PAGE, {**fields(edna), "do": "face:yaml"})
    posted = form_on(turned.text)
    assert posted["face"] == ["yaml"]
    assert "trait: plan" in posted["yaml"][0]
    text = posted["yaml"][0].replace("is: pro", 'in: ["pro", 01234]')
    saved = edna.post(PAGE, {**posted, "yaml": [text], "do": "save"})

    assert saved["Location"] == f"{PAGE}?face=yaml"
    assert Draft.objects.get().document["definition"]["where"] == {
        "all": [{"trait": "plan", "in": ["pro", 1234]}]
    }
    assert form_on(edna.get(saved["Location"]).text)["face"] == ["yaml"]


BROKEN = "all:\r\n  - {trait: plan, is: pro}\r\n  - {trait: plan, lessthan: 3}\r\n"


def test_wrong_yaml_stays_as_typed_and_names_its_lines(edna: Client) -> None:
    live()
    posted = fields(edna) | {"face": ["yaml"], "yaml": [BROKEN]}
    before = state()

    for do in ("save", "face:rows", "update"):
        answer = edna.post(PAGE, {**posted, "do": do})

        assert form_on(answer.text)["yaml"] == [BROKEN]
        words = words_of(answer.text)
        assert "Line 3, column" in words
        assert "knows no “lessthan”" in words
        assert "{trait: plan, lessthan: 3}" in words
    assert state() == before


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("all: [", 1),
        ("&x all: []", 1),
        ("all:\n  - {trait: plann, is: pro}", 2),
        ("where:\n  all:\n    - {trait: plan, is: pro}\n    - {did: nothing}", 4),
        ("a: 1\n---\nb: 2", 3),
        ("", 1),
        ("[" * 3_000, 1),
        ("x: " + "y" * 70_000, 1),
    ],
)
def test_yaml_of_every_bad_kind_is_refused_with_a_line(edna: Client, text: str, line: int) -> None:
    live()
    posted = fields(edna) | {"face": ["yaml"], "yaml": [text], "do": ["save"]}
    before = state()

    answer = edna.post(PAGE, posted)

    assert answer.status_code == 422
    assert f"Line {line}, column" in words_of(answer.text)
    assert state() == before


def test_a_circle_is_refused(edna: Client) -> None:
    live()
    live("friends", definition={"in_segment": "pros"})
    posted = fields(edna) | {"face": ["yaml"], "yaml": ["in_segment: friends"], "do": ["save"]}
    before = state()

    answer = edna.post(PAGE, posted)

    assert answer.status_code == 422
    assert "in a circle" in words_of(answer.text)
    assert state() == before


def test_rows_that_are_not_finished_do_not_turn_into_yaml(edna: Client) -> None:
    live()

    answer = edna.post(PAGE, {**fields(edna, **{"rule-0-value": ""}), "do": "face:yaml"})

    assert form_on(answer.text)["face"] == ["rows"]
    assert "Write a value" in answer.text


def test_the_preview_counts_people_and_each_condition(edna: Client) -> None:
    live_segment()
    refresh("pros")
    posted = fields(edna) | {"rule-0-op": ["in"], "rule-0-values": ["pro", "free"], "do": ["count"]}
    before = state()

    answer = edna.post(PREVIEW, posted, headers=HTMX)

    words = words_of(answer.text)
    assert "Plan is one of pro or free" in words
    assert "4 people of 5 customers" in words
    assert "exact · as of 18 Mar 2026" in words
    assert "2 more than now (2 as of" in words
    assert "alone 4 left 4 unknown for 1" in words
    assert 'id="rule-0-counts" hx-swap-oob' in answer.text
    assert 'data-says="4 people would belong, 2 more than now."' in answer.text
    assert state() == before


def test_the_preview_warns_of_what_may_be_meant_otherwise(edna: Client) -> None:
    live_segment()
    TraitEntry.objects.filter(name="plan").update(stated_type="number")
    posted = fields(edna) | {"rule-0-op": ["contains"], "do": ["count"]}

    words = words_of(edna.post(PREVIEW, posted, headers=HTMX).text)

    assert "Condition 1: “plan” is a number" not in words  # text operators read numbers
    posted |= {"rule-0-op": ["in_last"], "rule-0-n": ["3"], "rule-0-unit": ["day"]}
    words = words_of(edna.post(PREVIEW, posted, headers=HTMX).text)
    assert "Condition 1: “plan” is a number in the dictionary" in words


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"rule-0-value": ""}, "Condition 1: Write a value."),
        ({"rule-0-name": "plann"}, "Condition 1: No customer ever had a trait “plann”"),
        ({"face": "yaml", "yaml": "all: []"}, "Line 1, column"),
    ],
)
def test_the_preview_says_why_nobody_is_counted(
    edna: Client, changes: dict[str, str], sentence: str
) -> None:
    live_segment()
    posted = fields(edna) | {name: [text] for name, text in changes.items()}

    answer = edna.post(PREVIEW, {**posted, "do": "count"}, headers=HTMX)

    assert answer.status_code == 200
    assert sentence in words_of(answer.text)


def test_without_data_the_preview_says_so(edna: Client) -> None:
    define("pros", PROS)

    answer = edna.post(PREVIEW, {**fields(edna), "do": "count"}, headers=HTMX)

    assert "There are no customers yet" in words_of(answer.text)
    assert "Plan is pro" in words_of(answer.text)


def test_a_builder_button_is_answered_with_the_rows_and_asks_to_count_anew(edna: Client) -> None:
    live()

    answer = edna.post(PREVIEW, {**fields(edna), "do": "copy:0"}, headers=HTMX)

    assert answer.text.lstrip().startswith('<div class="rules" id="rule"')
    assert answer.text.count('name="rule-row"') == 2
    assert "rules-changed" in answer["HX-Trigger-After-Settle"]


def someone_else_saves(segment: Segment, **changes: object) -> None:
    segment = Segment.objects.get(pk=segment.pk)
    save_draft(
        key=segment.key,
        document=changed(segment, **changes),
        token=token_of(segment),
        by=seat("tom"),
        via="web",
    )


def test_a_stale_form_is_refused_with_both_versions(edna: Client) -> None:
    segment = live()
    posted = fields(edna, **{"rule-0-value": "free"})
    someone_else_saves(segment, why="Tom knows better.")
    before = state()

    answer = edna.post(PAGE, {**posted, "do": "save"})

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

    answer = edna.post(PAGE, {**posted, "do": "save"})

    assert "Ida has changed “Pros”" in words_of(answer.text)


def test_mine_can_be_taken_over_onto_theirs_deliberately(edna: Client) -> None:
    segment = live()
    posted = fields(edna, **{"rule-0-value": "free", "message-sales": "Line one\r\nline two"})
    someone_else_saves(segment, why="Tom knows better.")
    conflict = edna.post(PAGE, {**posted, "do": "save"})

    carried = form_on(conflict.text, mark=f'action="{PAGE}"')
    again = edna.post(PAGE, {**carried, "do": "update"})

    assert again.status_code == 200
    mine = form_on(again.text)
    assert mine["rule-0-value"] == ["free"]
    assert mine["message-sales"] == ["Line one\r\nline two"]
    assert mine["token"] == [token_of(Segment.objects.get())]
    assert Draft.objects.get().document["why"] == "Tom knows better."
    edna.post(PAGE, {**mine, "do": "save"})
    kept = Draft.objects.get().document
    assert kept["definition"]["where"] == {"all": [{"trait": "plan", "is": "free"}]}
    assert kept["why"] == "They pay and stay."


def test_a_form_sent_twice_is_stored_once(edna: Client) -> None:
    live()
    posted = {**fields(edna, **{"rule-0-value": "free"}), "do": "save"}

    assert edna.post(PAGE, posted).status_code == 302
    before = state()
    assert edna.post(PAGE, posted).status_code == 409
    assert state() == before


def test_publishing_saves_the_draft_and_leads_to_the_question(edna: Client) -> None:
    live()

    answer = edna.post(PAGE, {**fields(edna, **{"rule-0-value": "free"}), "do": "publish"})

    assert answer["Location"] == "/segments/pros/publish/"
    assert Draft.objects.exists()
    assert Segment.objects.get().definition.number == 1


def test_publishing_without_a_change_leads_to_the_draft_that_waits(edna: Client) -> None:
    segment = live()
    someone_else_saves(segment, definition=FREE)

    answer = edna.post(PAGE, {**fields(edna), "do": "publish"})

    assert answer["Location"] == "/segments/pros/publish/"


def test_a_locked_row_is_carried_through_the_form(edna: Client) -> None:
    deep = {"any": [{"trait": "plan", "is": "pro"}, {"not": {"did": "login", "in_last": "7 day"}}]}
    live(definition={"all": [{"trait": "plan", "is": "pro"}, deep]})

    edna.post(PAGE, {**fields(edna, **{"rule-0-value": "free"}), "do": "save"})

    assert Draft.objects.get().document["definition"]["where"] == {
        "all": [{"trait": "plan", "is": "free"}, deep]
    }


def test_a_forged_locked_row_is_refused(edna: Client) -> None:
    live(definition={"all": [{"not": {"trait": "plan", "is": "pro"}}]})
    posted = fields(edna) | {"rule-0-locked": ['{"not": {"trait": "plan", "is": {"a": 1}}}']}
    before = state()

    answer = edna.post(PAGE, {**posted, "do": "save"})

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

    for path in (PAGE, PREVIEW):
        answer = edna.generic("POST", path, body, content_type="application/x-www-form-urlencoded")

        assert answer.status_code == status
    assert state() == before


@pytest.mark.parametrize("name", ["why", "name", "message-sales", "goal_by", "rule-0-value"])
def test_text_that_cannot_be_stored_is_refused(edna: Client, name: str) -> None:
    draft()
    posted = fields(edna) | {name: ["a\x00b"], "do": ["save"]}
    before = state()

    assert edna.post(PAGE, posted).status_code == 422
    assert state() == before


@pytest.mark.parametrize("role", [None, Role.VIEWER])
@pytest.mark.parametrize("path", [PAGE, "/segments/pros/publish/", "/segments/pros/discard/"])
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

    assert client.get(PAGE).status_code == 404
    assert client.post(PREVIEW).status_code == 404


def test_an_archived_segment_is_not_edited(edna: Client) -> None:
    live()
    archive(key="pros", by=None, via="web")

    assert edna.get(PAGE).status_code == 410
    assert edna.post(PAGE, {"do": "save"}).status_code == 410


def test_a_list_kept_by_hand_keeps_its_members(edna: Client) -> None:
    segment = live()
    version = segment.definitions.create(number=2, canonical=None, definition_hash="0" * 64)
    Segment.objects.filter(pk=segment.pk).update(definition=version)

    answer = edna.get(PAGE)

    assert "on a list kept by hand" in words_of(answer.text)
    assert 'name="rule-row"' not in answer.text
    assert edna.post(PREVIEW, {"do": "count"}, headers=HTMX).status_code == 200


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

    assert form_on(edna.get(PAGE).text)["rule-0-value"] == ["free"]
