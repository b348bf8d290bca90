"""Making a segment on its page, and making one out of another."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine
from django.test import Client

from catalogue.models import Change, Role, Segment, Team
from catalogue.segments.documents import document_of
from tests.catalogue.segments.ground import seat, team
from tests.catalogue.web.builder.posting import form_on
from tests.catalogue.web.reading import HTMX, words_of
from tests.catalogue.web.writing import draft, know_words, live
from tests.catalogue.workspace import NOW

pytestmark = pytest.mark.django_db
PAGE = "/segments/new/"
PREVIEW = "/segments/new/preview/"
Fields = dict[str, list[str]]


@pytest.fixture(autouse=True)
def _midday() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def edna(client: Client) -> Client:
    team("sales")
    know_words()
    client.force_login(seat("edna"))
    return client


def filled(client: Client, **changes: str) -> Fields:
    """A form with one condition, ready to be saved."""
    added = client.post(PAGE, form_on(client.get(PAGE).text) | {"do": ["add:trait"]})
    said = {
        "why": "They pay and stay.",
        "name": "Paying pros",
        "rule-0-name": "plan",
        "rule-0-value": "pro",
    }
    return form_on(added.text) | {name: [text] for name, text in {**said, **changes}.items()}


def save(client: Client, posted: Fields, do: str = "save") -> str:
    answer = client.post(PAGE, {**posted, "do": do})
    assert answer.status_code == 302, words_of(answer.text)
    return str(answer["Location"])


def test_why_comes_first(edna: Client) -> None:
    page = edna.get(PAGE).text

    places = [page.index(f'id="{part}"') for part in ("why", "what", "goal", "definition")]
    assert places == sorted(places)


def test_a_new_segment_is_a_draft_of_whoever_made_it(edna: Client) -> None:
    assert save(edna, filled(edna)) == "/segments/paying-pros/edit/"

    document = document_of(Segment.objects.get())
    assert document["key"] == "paying-pros"
    assert (document["status"], document["owner"]) == ("draft", "edna@fieldnote.example")
    assert document["definition"]["where"] == {"all": [{"trait": "plan", "is": "pro"}]}
    assert Change.objects.get().kind == "segment.created"


def test_it_can_be_kept_to_the_team(edna: Client) -> None:
    save(edna, filled(edna, is_private="on"))

    assert Segment.objects.get().is_private


def test_publishing_leads_from_the_form_to_the_question(edna: Client) -> None:
    assert save(edna, filled(edna), do="publish") == "/segments/paying-pros/publish/"
    assert Segment.objects.get().status == "draft"


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Trial ending, not engaged", "trial-ending-not-engaged"),
        ("Käufer & Söhne 2", "kaufer-sohne-2"),
        ("a_b c", "a-b-c"),
    ],
)
def test_the_key_is_made_from_the_name(edna: Client, name: str, key: str) -> None:
    posted = filled(edna, name=name)

    hint = edna.post(PREVIEW, {**posted, "do": "key"}, headers=HTMX)
    save(edna, posted)

    assert f"It will be {key}." in words_of(hint.text)
    assert Segment.objects.get().key == key


def test_a_key_that_is_taken_is_said_early_and_refused_late(edna: Client) -> None:
    live("paying-pros")
    posted = filled(edna)

    hint = edna.post(PREVIEW, {**posted, "do": "key"}, headers=HTMX)
    answer = edna.post(PAGE, {**posted, "do": "save"})

    assert "taken" in words_of(hint.text)
    assert answer.status_code == 422
    assert "The key “paying-pros” is taken" in answer.text
    assert form_on(answer.text)["rule-0-value"] == ["pro"]
    assert Segment.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"name": ""}, "the name of the segment for ever"),
        ({"name": "???"}, "the name of the segment for ever"),
        ({"key": "Not A Key"}, "is no key of a segment"),
        ({"key": "new"}, "is reserved"),
        ({"key": "x" * 81}, "at most 80"),
        ({"team": "sales"}, "Select a valid choice"),
        ({"rule-0-value": ""}, "Write a value"),
        ({"goal_within": "3 days"}, "The event of the goal"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_made(
    edna: Client, changes: dict[str, str], sentence: str
) -> None:
    answer = edna.post(PAGE, {**filled(edna, **changes), "do": "save"})

    assert answer.status_code == 422
    assert sentence in words_of(answer.text)
    assert not Segment.objects.exists()


def test_without_a_condition_nothing_is_made(edna: Client) -> None:
    posted = form_on(edna.get(PAGE).text) | {"name": ["Nobody"]}

    answer = edna.post(PAGE, {**posted, "do": "save"})

    assert answer.status_code == 422
    assert "There is no condition yet" in answer.text


def test_a_form_sent_twice_makes_one(edna: Client) -> None:
    posted = filled(edna)
    save(edna, posted)

    assert edna.post(PAGE, {**posted, "do": "save"}).status_code == 422
    assert Segment.objects.count() == 1


def test_only_teams_that_one_writes_for_are_offered(edna: Client) -> None:
    page = edna.get(PAGE).text

    assert '<option value="growth"' in page
    assert '<option value="sales"' not in page


@pytest.mark.parametrize("role", [None, Role.VIEWER])
def test_whoever_is_no_editor_is_told_whom_to_ask(client: Client, role: str | None) -> None:
    team()
    client.force_login(seat("vera", role))

    for answer in (client.get(PAGE), client.post(PAGE, {"do": "save"}), client.post(PREVIEW)):
        assert answer.status_code == 403
        assert "made by the editors of a team" in answer.text
    assert not Segment.objects.exists()


def test_a_duplicate_is_a_draft_under_a_key_of_its_own(edna: Client) -> None:
    live(sync=[{"to": "hubspot"}], why="They pay.")

    asked = edna.get("/segments/pros/duplicate/")
    assert "Copy of Pros" in asked.text
    done = edna.post("/segments/pros/duplicate/", {"name": "Pros again", "key": ""})

    assert done["Location"] == "/segments/pros-again/edit/"
    document = document_of(Segment.objects.get(key="pros-again"))
    assert (document["status"], document["why"]) == ("draft", "They pay.")
    assert "sync" not in document


@pytest.mark.parametrize(
    ("name", "key", "sentence"),
    [
        ("", "", "required"),
        ("Pros", "pros", "is taken"),
        ("Pros", "P R O S", "is no key"),
        ("Pros", "bulk", "is reserved"),
    ],
)
def test_a_duplicate_that_cannot_be_is_refused(
    edna: Client, name: str, key: str, sentence: str
) -> None:
    live()

    answer = edna.post("/segments/pros/duplicate/", {"name": name, "key": key})

    assert answer.status_code == 422
    assert sentence in answer.text
    assert Segment.objects.count() == 1


def test_archiving_says_what_is_built_on_it_before_it_happens(edna: Client) -> None:
    live()
    draft("friends", name="Friends", definition={"in_segment": "pros"})

    asked = edna.get("/segments/pros/archive/")
    assert "Built on it: Friends" in words_of(asked.text)
    assert Segment.objects.get(key="pros").status == "live"
    edna.post("/segments/pros/archive/", {"message": "Old.", "replacement": "friends"})

    assert Segment.objects.get(key="pros").status == "archived"
    change = Change.objects.first()
    assert change is not None
    assert (change.kind, change.message) == ("segment.archived", "Old.")
    assert change.details == {"replacement": "friends"}


def test_archiving_in_favour_of_nothing_is_refused(edna: Client) -> None:
    live()

    answer = edna.post("/segments/pros/archive/", {"replacement": "no-such"})

    assert answer.status_code == 422
    assert "There is no segment “no-such”" in answer.text
    assert Segment.objects.get().status == "live"


@pytest.mark.parametrize("what", ["archive", "duplicate"])
def test_archiving_and_duplicating_are_for_editors(client: Client, what: str) -> None:
    live()
    client.force_login(seat("vera", Role.VIEWER))

    for answer in (client.get(f"/segments/pros/{what}/"), client.post(f"/segments/pros/{what}/")):
        assert answer.status_code == 403
        assert "editors" in answer.text
    assert list(Segment.objects.values_list("key", "status")) == [("pros", "live")]
    assert Team.objects.count() == 1
