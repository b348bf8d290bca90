"""The form of a segment in the admin: the same rules, services and refusals as on the pages."""

from __future__ import annotations

import pytest
from django.test import Client

from catalogue.models import Change, DefinitionVersion, Draft, Role, Segment, User
from catalogue.segments.documents import document_of, token_of
from catalogue.segments.editing import edit_segment
from tests.catalogue.admin.ground import change_page
from tests.catalogue.segments.ground import FREE, changed, seat, team
from tests.catalogue.web.builder.posting import form_on
from tests.catalogue.web.reading import words_of
from tests.catalogue.web.writing import draft, know_words, live

pytestmark = pytest.mark.django_db
ADD = "/admin/catalogue/segment/add/"
Fields = dict[str, list[str]]


@pytest.fixture
def chief(client: Client) -> Client:
    team()
    client.force_login(seat("chief", Role.ADMIN))
    return client


def fields(client: Client, page: str, **changes: str) -> Fields:
    """The form as a browser would post it, some fields filled in otherwise."""
    answer = client.get(page)
    assert answer.status_code == 200
    return form_on(answer.text) | {name.replace("__", "-"): [v] for name, v in changes.items()}


def state() -> tuple[object, ...]:
    """All that saving may change."""
    return (
        list(Segment.objects.order_by("key").values()),
        list(Draft.objects.values()),
        DefinitionVersion.objects.count(),
        Change.objects.count(),
    )


def test_a_new_segment_is_a_draft_made_by_the_service(chief: Client) -> None:
    know_words()
    yaml = fields(chief, f"{ADD}", name="Pros", why="They stay.", do="face:yaml")
    opened = form_on(chief.post(ADD, yaml).text)
    posted = {**opened, "yaml": ["all: [{trait: plan, is: pro}]"], "do": ["save"]}

    answer = chief.post(ADD, posted)

    segment = Segment.objects.get(key="pros")
    assert answer.headers["Location"].startswith(change_page(segment))
    assert (segment.status, segment.team.slug, segment.definition.number) == ("draft", "growth", 1)
    change = Change.objects.get()
    assert (change.kind, change.via, change.actor) == ("segment.created", "admin", "Chief")


def test_a_draft_segment_takes_what_is_saved_as_its_next_definition(chief: Client) -> None:
    segment = draft()
    posted = fields(chief, change_page(segment) + "?face=yaml", why="They pay more.", do="save")
    posted["yaml"] = ["all: [{trait: plan, is: free}]"]

    answer = chief.post(change_page(segment), posted, follow=True)

    assert "is saved" in answer.text
    stored = document_of(Segment.objects.get(key="pros"))
    assert stored["why"] == "They pay more."
    assert stored["definition"]["where"] == FREE
    assert Segment.objects.get(key="pros").definition.number == 2
    change = Change.objects.first()
    assert change is not None
    assert (change.kind, change.via) == ("segment.edited", "admin")
    assert change.details["definition"] == [1, 2]
    assert change.details["fields"]["why"] == ["They pay and stay.", "They pay more."]


def test_a_change_to_a_live_segment_waits_as_its_draft(chief: Client) -> None:
    segment = live()
    before = document_of(segment)
    posted = fields(chief, change_page(segment), why="They pay more.", do="save")

    answer = chief.post(change_page(segment), posted, follow=True)

    assert "stays until you publish" in answer.text
    assert document_of(Segment.objects.get(key="pros")) == before
    waiting = Draft.objects.get()
    assert waiting.document["why"] == "They pay more."
    assert waiting.created_by == User.objects.get(username="chief")


def test_publish_saves_and_leads_to_where_one_publishes(chief: Client) -> None:
    segment = live()
    posted = fields(chief, change_page(segment), why="They pay more.", do="publish")

    answer = chief.post(change_page(segment), posted)

    assert answer.headers["Location"] == "/segments/pros/publish/"
    assert Draft.objects.get().document["why"] == "They pay more."
    assert chief.get("/segments/pros/publish/").status_code == 200


def test_a_form_sent_too_late_stores_nothing_and_shows_both_versions(chief: Client) -> None:
    segment = draft()
    posted = fields(chief, change_page(segment), why="Mine.", name="Mine", do="save")
    edit_segment(
        key="pros",
        document=changed(segment, why="Theirs."),
        token=token_of(segment),
        by=None,
        via="command",
    )
    before = state()

    answer = chief.post(change_page(segment), posted)

    assert answer.status_code == 409
    assert state() == before
    for words in ("the command line has changed", "Mine.", "Theirs."):
        assert words in answer.text
    again = chief.post(
        change_page(segment), form_on(answer.text, mark='class="carried"') | {"do": "update"}
    )
    kept = form_on(again.text)
    assert (kept["why"], state()) == (["Mine."], before)
    assert chief.post(change_page(segment), {**kept, "do": "save"}).status_code == 302
    assert document_of(Segment.objects.get(key="pros"))["why"] == "Mine."


def test_the_same_form_sent_twice_is_stored_once(chief: Client) -> None:
    segment = live()
    posted = fields(chief, change_page(segment), why="They pay more.", do="save")
    chief.post(change_page(segment), posted)
    before = state()

    again = chief.post(change_page(segment), posted)

    assert again.status_code == 409
    assert state() == before


def test_a_new_segment_sent_twice_is_made_once(chief: Client) -> None:
    know_words()
    posted = fields(chief, f"{ADD}?face=yaml", name="Pros", why="They stay.")
    posted = form_on(chief.post(ADD, {**posted, "do": ["face:yaml"]}).text)
    posted |= {"yaml": ["all: [{trait: plan, is: pro}]"], "do": ["save"]}
    chief.post(ADD, posted)

    again = chief.post(ADD, posted)

    assert again.status_code == 422
    assert "is taken" in words_of(again.text)
    assert Segment.objects.count() == 1


def test_saving_without_a_change_writes_nothing(chief: Client) -> None:
    segment = live()
    posted = fields(chief, change_page(segment), do="save")
    before = state()

    answer = chief.post(change_page(segment), posted, follow=True)

    assert "nothing was stored" in answer.text
    assert state() == before


def test_the_key_is_shown_and_cannot_be_changed(chief: Client) -> None:
    segment = draft()
    posted = fields(chief, change_page(segment), do="save")
    assert "key" not in posted

    chief.post(change_page(segment), {**posted, "key": ["other"], "why": ["More."]})

    assert list(Segment.objects.values_list("key", "why")) == [("pros", "More.")]


def test_what_is_wrong_is_said_at_its_field_and_nothing_is_stored(chief: Client) -> None:
    segment = draft()
    posted = fields(chief, change_page(segment), owner="nobody", refresh="often", do="save")
    before = state()

    answer = chief.post(change_page(segment), posted)

    assert answer.status_code == 422
    assert "is no timetable" in answer.text
    assert "Nothing was stored yet" in answer.text
    assert state() == before


def test_buttons_of_the_builder_store_nothing(chief: Client) -> None:
    segment = draft()
    before = state()

    answer = chief.post(change_page(segment), fields(chief, change_page(segment), do="add:trait"))

    assert answer.status_code == 200
    assert answer.text.count('name="rule-row"') == 2
    assert state() == before


def test_every_part_has_its_tab_and_they_all_stand_there_without_a_script(chief: Client) -> None:
    page = chief.get(change_page(draft())).text
    for name in ("story", "definition", "goal", "playbook", "sync", "review"):
        assert f'aria-controls="{name}"' in page
        assert f'<section class="form-part" id="{name}"' in page
    assert 'role="tablist" aria-label="Parts of this form" hidden' in page
