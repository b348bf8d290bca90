"""Publishing: what it does is said before, and it is done once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine
from django.test import Client

from catalogue import ports
from catalogue.models import Change, Draft, RefreshRun, Segment, User
from catalogue.ports import ToolState
from catalogue.segments.documents import token_of
from catalogue.segments.editing import edit_segment, save_draft
from tests.catalogue.segments.ground import FREE, PROS, changed, live_segment, seat, team
from tests.catalogue.web.builder.posting import form_on
from tests.catalogue.web.reading import words_of
from tests.catalogue.web.writing import draft, know_words, live
from tests.catalogue.workspace import NOW, define, refresh

pytestmark = pytest.mark.django_db
PAGE = "/segments/pros/publish/"


@pytest.fixture(autouse=True)
def _midday() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def editor() -> User:
    team()
    return seat("edna", sees=False)


@pytest.fixture
def edna(client: Client, editor: User) -> Client:
    client.force_login(editor)
    return client


def propose(**changes: object) -> None:
    """Keep a draft of the segment."""
    segment = Segment.objects.get(key="pros")
    save_draft(
        key="pros",
        document=changed(segment, **changes),
        token=token_of(segment),
        by=None,
        via="command",
    )


def sent(client: Client, message: str = "Wider.") -> dict[str, list[str]]:
    """The form of the page, with a message."""
    answer = client.get(PAGE)
    assert answer.status_code == 200
    return form_on(answer.text, mark='method="post">\n            <input') | {"message": [message]}


def state() -> tuple[object, ...]:
    return (
        list(Segment.objects.order_by("key").values()),
        list(Draft.objects.values()),
        Change.objects.count(),
        RefreshRun.objects.count(),
    )


def test_the_page_says_in_english_what_changes(edna: Client) -> None:
    live()
    propose(definition=FREE, why="Another why.", sync=[{"to": "hubspot"}])

    words = words_of(edna.get(PAGE).text)

    assert "Removed: Plan is pro" in words
    assert "Added: Plan is free" in words
    assert "Why They pay and stay. Another why." in words
    assert "Tools nothing to hubspot" in words


def test_the_page_counts_who_enters_and_leaves_here_and_in_what_is_built_on_it(
    edna: Client,
) -> None:
    live_segment()
    define("friends", {"in_segment": "pros"}, name="Friends of pros")
    refresh("pros", "friends")
    propose(definition={"all": [{"trait": "plan", "in": ["pro", "free"]}, {"did": "login"}]})

    words = words_of(edna.get(PAGE).text)

    # ada, cleo → ada, bob, eve
    assert "Pros +2 −1 2 3" in words
    assert "Friends of pros built on it +2 −1 2 3" in words
    assert "exact: both judged as of 18 Mar 2026" in words
    assert "cleo" not in words


def test_whoever_may_see_people_sees_some_who_leave(client: Client) -> None:
    team()
    live_segment()
    refresh("pros")
    propose(definition={"all": [{"trait": "plan", "is": "pro"}, {"did": "login"}]})
    client.force_login(seat("sue", sees=True))

    assert "Some of those who leave: cleo" in words_of(client.get(PAGE).text)


def test_the_page_says_which_tools_follow(edna: Client, tools: None) -> None:
    live(sync=[{"to": "hubspot"}, {"to": "mailman"}])
    propose(definition=FREE, sync=[{"to": "hubspot"}, {"to": "sheets"}])

    words = words_of(edna.get(PAGE).text)

    assert "hubspot sales 41" in words
    assert "mailman not known It is no longer wanted there" in words
    assert "sheets not known It is filled at the next sync" in words


@pytest.fixture
def tools() -> Iterator[None]:
    state = ToolState(
        destination="hubspot",
        function="sales",
        in_step_with=1,
        held=41,
        drift=0,
        as_of=NOW,
        text="in step",
    )
    answering = list(ports._tool_states)
    ports.register_tool_states(lambda keys: {key: [state] for key in keys})
    yield
    ports._tool_states[:] = answering


def test_publishing_makes_the_next_version_and_asks_for_a_refresh(edna: Client) -> None:
    live()
    propose(definition=FREE)

    answer = edna.post(PAGE, sent(edna, "Free ones, too."), follow=True)

    assert answer.redirect_chain == [("/segments/pros/", 302)]
    assert "is live as d2" in answer.text
    segment = Segment.objects.get()
    assert (segment.definition.number, segment.definition.message) == (2, "Free ones, too.")
    assert not Draft.objects.exists()
    assert RefreshRun.objects.count() == 1


@pytest.mark.parametrize(
    ("message", "sentence"),
    [("", "Say in a sentence"), ("   ", "Say in a sentence"), ("x" * 2_001, "at most 2000")],
)
def test_a_message_is_needed(edna: Client, message: str, sentence: str) -> None:
    live()
    propose(definition=FREE)
    posted = sent(edna, message)
    before = state()

    answer = edna.post(PAGE, posted)

    assert answer.status_code == 422
    assert sentence in words_of(answer.text)
    assert state() == before


def test_the_same_form_sent_twice_publishes_once_and_says_so_calmly(edna: Client) -> None:
    live()
    propose(definition=FREE)
    posted = sent(edna)
    edna.post(PAGE, posted)
    before = state()

    again = edna.post(PAGE, posted, follow=True)

    assert again.redirect_chain == [("/segments/pros/", 302)]
    assert "nothing was published twice" in again.text
    assert state() == before


def test_a_draft_changed_since_is_looked_at_anew(edna: Client) -> None:
    live()
    propose(definition=FREE)
    posted = sent(edna, "Free.")
    propose(definition={"all": [{"trait": "plan", "is": "team"}]})
    before = state()

    answer = edna.post(PAGE, posted)

    assert answer.status_code == 409
    words = words_of(answer.text)
    assert "Added: Plan is team" in words
    assert "Free." in words
    assert state() == before
    edna.post(PAGE, form_on(answer.text, mark='method="post">\n            <input'))
    assert Segment.objects.get().definition.number == 2


def test_a_draft_on_an_older_base_is_taken_over_deliberately(edna: Client) -> None:
    live()
    propose(definition=FREE)
    segment = Segment.objects.get()
    edit_segment(
        key="pros",
        document=changed(segment, why="Changed meanwhile."),
        token=token_of(segment),
        by=None,
        via="command",
    )

    asked = edna.get(PAGE)
    assert "What is live has changed since this draft was begun" in words_of(asked.text)
    posted = form_on(asked.text, mark='method="post">\n            <input')
    edna.post(PAGE, {**posted, "do": "rebase"})
    edna.post(PAGE, sent(edna))

    assert Segment.objects.get().definition.number == 2


def test_a_draft_segment_goes_live_when_nothing_is_missing(edna: Client) -> None:
    draft()

    page = edna.get(PAGE)
    assert "all of it is new" in words_of(page.text)
    edna.post(PAGE, sent(edna))

    assert Segment.objects.get().status == "live"


def test_what_is_missing_is_said_in_sentences(edna: Client) -> None:
    draft(owner="", why="")

    page = edna.get(PAGE)
    words = words_of(page.text)
    answer = edna.post(PAGE, sent(edna))

    assert "It has no owner." in words
    assert "It does not say why it exists." in words
    assert answer.status_code == 422
    assert Segment.objects.get().status == "draft"


def test_nothing_to_publish_is_said(edna: Client) -> None:
    live()

    assert "Nothing waits to be published" in words_of(edna.get(PAGE).text)
    answer = edna.post(PAGE, {"message": "x", "token": token_of(Segment.objects.get())})
    assert answer.status_code == 422


def test_without_data_the_page_says_that_nobody_could_be_counted(edna: Client) -> None:
    know_words()
    define("pros", PROS, status="live", owner_email="a@b.example", why="x")
    propose(definition=FREE)

    assert "There are no customers yet" in words_of(edna.get(PAGE).text)
