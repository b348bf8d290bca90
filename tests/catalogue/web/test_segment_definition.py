from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client

from catalogue.definitions.parse import parse_definition
from catalogue.models import PeopleGrant, Segment, TraitEntry
from catalogue.segments.documents import token_of
from catalogue.segments.editing import edit_segment, save_draft
from tests.catalogue.segments.ground import PROS, changed, draft_segment, live_segment, seat
from tests.catalogue.web.reading import HTMX, words_of
from tests.catalogue.workspace import NOW

pytestmark = pytest.mark.django_db

ACTIVE_PROS = {
    "all": [
        {"trait": "plan", "is": "pro"},
        {"any": [{"did": "login", "in_last": "7 days"}, {"trait": "email", "is_set": False}]},
    ]
}
PAGE = "/segments/pros/definition/"


@pytest.fixture(autouse=True)
def _midday() -> Iterator[None]:
    cache.clear()
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def reader(client: Client) -> Client:
    """Somebody without any right."""
    client.force_login(seat("rob", None))
    return client


@pytest.fixture
def seer(client: Client) -> Client:
    """Somebody who may see people of the team growth."""
    client.force_login(seat("sue", "viewer", sees=True))
    return client


def test_the_page_says_who_belongs_and_links_the_names(reader: Client) -> None:
    live_segment(definition=ACTIVE_PROS)

    page = reader.get(PAGE)

    words = words_of(page.text)
    assert "Who belongs" in words
    assert "A customer belongs when all of these are true:" in words
    assert "has done “Login” in the last 7 days" in words
    assert "d1, the newest" in words


def test_names_are_those_people_gave(reader: Client) -> None:
    live_segment()
    TraitEntry.objects.filter(name="plan").update(label="What they pay for")

    assert "What they pay for is pro" in words_of(reader.get(PAGE).text)


def test_the_page_opens_without_counting_and_offers_to(
    reader: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    live_segment()

    page = reader.get(PAGE).text

    assert 'hx-get="?counts=1' in page
    assert 'href="?counts=1' in page
    assert "exact: counted" not in page


def test_each_condition_shows_how_many_it_holds_alone_and_how_many_are_left(
    reader: Client,
) -> None:
    live_segment(definition=ACTIVE_PROS)

    words = words_of(reader.get(f"{PAGE}?counts=1").text)

    # ada and cleo are pros; ada logged in, as did nobody else in a week; cleo has no e-mail.
    assert "Every customer 5 5" in words
    assert "Plan is pro 2 2 −3 40 % 20 %" in words
    assert "has done “Login” in the last 7 days 1 1 reached so far 20 % –" in words
    assert "2 customers belong, those added or removed by hand included." in words
    assert "as of 18 Mar 2026, 12:00 UTC" in words


def test_htmx_is_given_the_counts_alone(reader: Client) -> None:
    live_segment()

    answer = reader.get(f"{PAGE}?counts=1", headers=HTMX)

    assert "Every customer" in answer.text
    assert "<main" not in answer.text
    assert "HX-Request" in answer["Vary"]


def test_counts_are_kept_with_the_time_they_are_of(reader: Client) -> None:
    live_segment()
    first = words_of(reader.get(f"{PAGE}?counts=1").text)
    with time_machine.travel(NOW.replace(minute=5), tick=False):
        later = words_of(reader.get(f"{PAGE}?counts=1").text)
    with time_machine.travel(NOW.replace(minute=15), tick=False):
        much_later = words_of(reader.get(f"{PAGE}?counts=1").text)

    assert "as of 18 Mar 2026, 12:00 UTC" in first
    assert "as of 18 Mar 2026, 12:00 UTC" in later
    assert "as of 18 Mar 2026, 12:15 UTC" in much_later


def test_a_definition_that_cannot_be_counted_says_why(reader: Client) -> None:
    live_segment()
    TraitEntry.objects.filter(name="plan").delete()

    words = words_of(reader.get(f"{PAGE}?counts=1").text)

    assert "This could not be counted." in words
    assert "plan" in words.partition("could not be counted.")[2]


def test_nobody_is_counted_before_the_first_load(reader: Client) -> None:
    from tests.catalogue.workspace import define

    define("pros", PROS, status="live")

    words = words_of(reader.get(f"{PAGE}?counts=1").text)

    assert "There are no customers yet" in words


@pytest.mark.parametrize(
    ("form", "kind"), [("yaml", "application/yaml"), ("json", "application/json")]
)
def test_the_definition_is_shown_and_downloaded_as_a_file_that_says_the_same(
    reader: Client, form: str, kind: str
) -> None:
    segment = live_segment(definition=ACTIVE_PROS)

    shown = reader.get(f"{PAGE}?as={form}")
    file = reader.get(f"{PAGE}?as={form}&version=1&download=1")

    assert "in_last" in shown.text
    assert file["Content-Type"].startswith(kind)
    assert file["Content-Disposition"] == f'attachment; filename="pros-d1.{form}"'
    if form == "json":
        tree = parse_definition(json.loads(file.content))
        assert tree == parse_definition(ACTIVE_PROS)
        assert segment.definition is not None


def test_an_earlier_version_is_shown_as_such(reader: Client) -> None:
    segment = draft_segment()
    document = changed(segment, definition=ACTIVE_PROS)
    edit_segment(key="pros", document=document, token=token_of(segment), by=None, via="command")

    words = words_of(reader.get(f"{PAGE}?version=1").text)

    assert "This is d1, an earlier version." in words
    assert "Login" not in words.partition("How many each")[0]


def test_a_draft_that_waits_is_named_and_not_shown_as_what_holds(reader: Client) -> None:
    segment = live_segment()
    editor = seat("eva")
    save_draft(
        key="pros",
        document=changed(segment, definition=ACTIVE_PROS),
        token=token_of(segment),
        by=editor,
        via="web",
    )

    words = words_of(reader.get(PAGE).text)

    assert "A draft of d2 waits, saved by Eva" in words
    assert "Login" not in words


@pytest.mark.parametrize("query", ["version=9", "version=-1", "version=x", "version=1e9", "as=sql"])
def test_what_does_not_exist_is_not_found(reader: Client, query: str) -> None:
    live_segment()

    assert reader.get(f"{PAGE}?{query}").status_code == 404


def test_a_segment_private_to_another_team_does_not_exist(reader: Client, client: Client) -> None:
    draft_segment()
    Segment.objects.update(is_private=True)

    assert reader.get(PAGE).status_code == 404
    client.force_login(seat("eva", "viewer"))
    assert client.get(PAGE).status_code == 200


def test_nobody_reads_it_without_signing_in(client: Client) -> None:
    live_segment()

    assert client.get(PAGE).status_code == 302


def test_the_tests_of_the_file_are_run_and_their_verdicts_shown(reader: Client) -> None:
    given = [{"id": "p1", "traits": {"plan": "pro"}}, {"id": "f1", "traits": {"plan": "free"}}]
    right = {"it": "takes pros", "now": "2026-03-18", "given": given, "expect": ["p1"]}
    wrong = {"it": "takes all", "now": "2026-03-18", "given": given, "expect": ["p1", "f1"]}
    live_segment(tests=[right, wrong])

    assert "2 tests came with the definition." in words_of(reader.get(PAGE).text)
    words = words_of(reader.get(f"{PAGE}?tests=1").text)
    assert "1 of 2 did not pass" in words
    assert "passed takes pros" in words
    assert "failed takes all missing f1" in words


def test_who_may_see_people_is_told_why_somebody_belongs(seer: Client) -> None:
    live_segment(definition=ACTIVE_PROS)

    words = words_of(seer.get(f"{PAGE}?customer=ada").text)

    assert "In the segment judged as of 18 Mar 2026, 12:00 UTC" in words
    assert "yes Plan is pro it is pro" in words
    assert "yes has done “Login” in the last 7 days done once" in words
    assert "no Email is unknown it is ada@x.example" in words


def test_an_unknown_customer_is_said_to_be_unknown(seer: Client) -> None:
    live_segment()

    words = words_of(seer.get(f"{PAGE}?customer=nobody", headers=HTMX).text)

    assert "There is no customer “nobody”." in words


def test_an_earlier_version_is_explained_by_its_own_conditions(seer: Client) -> None:
    segment = draft_segment(definition={"all": [{"trait": "plan", "is": "free"}]})
    edit_segment(
        key="pros",
        document=changed(segment, definition=PROS),
        token=token_of(segment),
        by=None,
        via="command",
    )

    assert "In the segment" in words_of(seer.get(f"{PAGE}?customer=ada").text)
    assert "Not in the segment" in words_of(seer.get(f"{PAGE}?customer=ada&version=1").text)


def test_who_may_not_see_people_is_told_whom_to_ask_and_refused(reader: Client) -> None:
    live_segment()

    assert "Ask an admin of the team Growth" in words_of(reader.get(PAGE).text)
    assert reader.get(f"{PAGE}?customer=ada").status_code == 403


def test_a_grant_for_the_one_segment_is_enough(client: Client) -> None:
    segment = live_segment()
    user = seat("gil", None)
    PeopleGrant.objects.create(segment=segment, user=user)
    client.force_login(user)

    assert "In the segment" in words_of(client.get(f"{PAGE}?customer=ada").text)
