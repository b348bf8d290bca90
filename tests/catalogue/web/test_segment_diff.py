from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from catalogue.models import RefreshRun, Segment, TraitEntry, User
from catalogue.segments.documents import token_of
from catalogue.segments.editing import save_draft
from catalogue.segments.publishing import publish
from tests.catalogue.segments.ground import PROS, changed, live_segment, seat
from tests.catalogue.web.reading import HTMX, words_of
from tests.catalogue.workspace import NOW, define, refresh

pytestmark = pytest.mark.django_db
PAGE = "/segments/pros/diff/1..2/"
ACTIVE = {"all": [{"trait": "plan", "is": "pro"}, {"did": "login", "in_last": "7 days"}]}


@pytest.fixture(autouse=True)
def _midday() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def reader(client: Client) -> Client:
    client.force_login(seat("rob", None))
    return client


@pytest.fixture
def eva() -> User:
    return seat("eva")


def two_versions() -> Segment:
    """d1: pros. d2: pros who logged in. Both refreshed, one after the other."""
    segment = live_segment()
    refresh("pros", now=NOW - timedelta(days=1))
    _draft(segment, ACTIVE)
    segment = Segment.objects.get(key="pros")
    publish(key="pros", message="Only active.", token=token_of(segment), by=None, via="command")
    refresh("pros", now=NOW - timedelta(hours=1))
    return Segment.objects.get(key="pros")


def _draft(segment: Segment, definition: object, **facts: object) -> None:
    save_draft(
        key="pros",
        document=changed(segment, definition=definition, **facts),
        token=token_of(segment),
        by=None,
        via="command",
    )


def _restore(client: Client, token: str, message: str = "Too few.") -> int:
    return client.post(PAGE, {"message": message, "token": token}).status_code


def test_it_says_in_english_and_in_yaml_what_only_one_of_them_has(reader: Client) -> None:
    two_versions()

    page = reader.get(PAGE).text

    words = words_of(page)
    assert "Plan is pro Added: has done “Login” in the last 7 days" in words
    assert "Added: - did: login" in words
    assert "Removed:" not in words
    assert "Only active." in words


def test_it_counts_who_entered_and_left_as_the_versions_were_judged(reader: Client) -> None:
    two_versions()

    words = words_of(reader.get(PAGE).text)

    # cleo is a pro who never logged in.
    assert "+0 −1 people from d1 to d2" in words
    assert "m1 with 2, as of 17 Mar 2026, 12:00 UTC, the last of d1" in words
    assert "m2 with 1, as of 18 Mar 2026, 11:00 UTC, the first of d2" in words


def test_versions_that_were_never_refreshed_have_no_people_to_compare(reader: Client) -> None:
    segment = live_segment()
    _draft(segment, ACTIVE)
    publish(
        key="pros",
        message="Only active.",
        token=token_of(Segment.objects.get(key="pros")),
        by=None,
        via="command",
    )

    assert "One of the two was never refreshed" in words_of(reader.get(PAGE).text)


def test_what_restoring_would_do_is_worked_out_when_asked_for(reader: Client) -> None:
    two_versions()
    define("on-top", {"in_segment": "pros"}, status="live", name="On top")

    page = reader.get(PAGE).text
    words = words_of(reader.get(f"{PAGE}?effect=1", headers=HTMX).text)

    assert 'hx-get="?effect=1"' in page
    assert "If d1 is restored now 2 people exact · as of 18 Mar 2026, 12:00 UTC" in words
    assert "+1 −0 against what holds now, 1" in words
    assert "On top +1 −0" in words


def test_a_draft_is_compared_with_what_holds_and_lists_what_else_it_changes(
    reader: Client,
) -> None:
    segment = live_segment()
    _draft(segment, ACTIVE, why="They pay, and they are here.")

    words = words_of(reader.get("/segments/pros/diff/1..draft/?effect=1").text)

    assert "draft of d2" in words
    assert "not published" in words
    assert "If the draft is published now 1 people" in words
    assert "+0 −1 against what holds now, 2" in words
    assert "Why before: They pay and stay. after: They pay, and they are here." in words
    assert "Restore" not in words


def test_a_version_that_cannot_be_counted_says_why(reader: Client) -> None:
    two_versions()
    TraitEntry.objects.filter(name="plan").delete()

    words = words_of(reader.get(f"{PAGE}?effect=1").text)

    assert "This could not be worked out." in words


def test_restoring_makes_a_further_version_and_asks_for_a_refresh(
    client: Client, eva: User
) -> None:
    segment = two_versions()
    client.force_login(eva)

    answer = client.post(PAGE, {"message": "Too few.", "token": token_of(segment)}, follow=True)

    restored = Segment.objects.get(key="pros")
    assert restored.definition.number == 3
    assert restored.definition.message == "Too few."
    assert restored.definition.created_by == eva
    assert RefreshRun.objects.filter(state="queued", keys=["pros"]).count() == 1
    assert "d1 holds again, as d3." in answer.text
    assert "brought back d1" in words_of(answer.text)


def test_sending_it_twice_restores_once(client: Client, eva: User) -> None:
    segment = two_versions()
    client.force_login(eva)
    token = token_of(segment)

    assert _restore(client, token) == 302
    again = client.post(PAGE, {"message": "Too few.", "token": token})

    assert again.status_code == 409
    assert "Nothing was changed." in words_of(again.text)
    assert Segment.objects.get(key="pros").definition.number == 3


@pytest.mark.parametrize(
    ("message", "said"), [("", "required"), ("  ", "required"), ("x" * 2001, "2000")]
)
def test_restoring_needs_a_message_of_reasonable_length(
    client: Client, eva: User, message: str, said: str
) -> None:
    segment = two_versions()
    client.force_login(eva)

    answer = client.post(PAGE, {"message": message, "token": token_of(segment)})

    assert answer.status_code == 422
    assert said in answer.text
    assert Segment.objects.get(key="pros").definition.number == 2


@pytest.mark.parametrize("token", ["", "nonsense", "a" * 5000])
def test_a_forged_token_restores_nothing(client: Client, eva: User, token: str) -> None:
    two_versions()
    client.force_login(eva)

    assert _restore(client, token) == 409
    assert Segment.objects.get(key="pros").definition.number == 2


def test_who_may_not_publish_is_not_offered_it_and_refused(reader: Client) -> None:
    segment = two_versions()

    assert "Restore d1" not in words_of(reader.get(PAGE).text)
    assert _restore(reader, token_of(segment)) == 403
    assert Segment.objects.get(key="pros").definition.number == 2


def test_an_editor_of_another_team_may_not_either(client: Client) -> None:
    segment = two_versions()
    client.force_login(seat("otto", at="sales"))

    assert _restore(client, token_of(segment)) == 403


def test_the_newest_and_a_draft_are_not_restored(client: Client, eva: User) -> None:
    segment = two_versions()
    client.force_login(eva)

    newest = client.post(
        "/segments/pros/diff/2..2/", {"message": "Again.", "token": token_of(segment)}
    )

    assert newest.status_code == 422
    assert "d2 is the newest definition already." in newest.text


def test_a_segment_that_is_not_live_gets_no_earlier_version(client: Client, eva: User) -> None:
    segment = two_versions()
    Segment.objects.update(status="draft")
    client.force_login(eva)

    assert _restore(client, token_of(Segment.objects.get(pk=segment.pk))) == 422
    assert Segment.objects.get(key="pros").status == "draft"


def test_a_pair_the_wrong_way_round_is_turned(reader: Client) -> None:
    two_versions()

    assert reader.get("/segments/pros/diff/2..1/").headers["Location"] == PAGE
    assert reader.get("/segments/pros/diff/d1..d2/").status_code == 200


@pytest.mark.parametrize(
    "pair", ["1..9", "0..1", "1..draft", "draft..1", "1-2", "x..y", "1..2..3", "9" * 12 + "..1"]
)
def test_what_names_no_two_versions_is_not_found(reader: Client, pair: str) -> None:
    two_versions()

    assert reader.get(f"/segments/pros/diff/{pair}/").status_code == 404


def test_nobody_reads_it_without_signing_in(client: Client) -> None:
    define("pros", PROS)

    assert client.get(PAGE).status_code == 302
