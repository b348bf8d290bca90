from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from catalogue.segments.documents import token_of
from catalogue.segments.editing import save_draft
from catalogue.segments.publishing import publish, restore_version
from tests.catalogue.segments.ground import FREE, changed, live_segment, seat
from tests.catalogue.web.reading import words_of
from tests.catalogue.web.workspace import add_membership, make_segment
from tests.catalogue.workspace import NOW, refresh

pytestmark = pytest.mark.django_db
PAGE = "/segments/pros/history/"


@pytest.fixture(autouse=True)
def _midday() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def reader(client: Client) -> Client:
    client.force_login(seat("rob", None))
    return client


def _second_version() -> None:
    """d2 takes the free ones instead of the pros, published by Eva."""
    segment = live_segment()
    refresh("pros", now=NOW - timedelta(days=2))
    eva = seat("eva")
    segment = save_draft(
        key="pros",
        document=changed(segment, definition=FREE),
        token=token_of(segment),
        by=eva,
        via="web",
    )
    publish(key="pros", message="The free ones now.", token=token_of(segment), by=eva, via="web")


def test_every_version_says_who_wrote_it_why_from_where_and_what_it_did(reader: Client) -> None:
    _second_version()
    refresh("pros", now=NOW - timedelta(hours=1))

    words = words_of(reader.get(PAGE).text)

    # Two pros belonged; then the two free ones did instead.
    assert "d2 Newest The free ones now. Eva · Web · 18 Mar 2026, 12:00 UTC" in words
    assert "+2 −2 at its first refresh, then 2 m2, 18 Mar 2026, 11:00 UTC" in words
    assert "2 people at its first refresh m1, 16 Mar 2026, 12:00 UTC" in words
    assert words.index("d2 Newest") < words.index("d1 ")


def test_a_version_that_was_not_refreshed_counts_nobody(reader: Client) -> None:
    _second_version()

    words = words_of(reader.get(PAGE).text)

    assert "Not refreshed with it yet, so nobody was counted." in words


def test_the_waiting_draft_stands_on_top_beside_its_comparison(reader: Client) -> None:
    segment = live_segment()
    save_draft(
        key="pros",
        document=changed(segment, definition=FREE),
        token=token_of(segment),
        by=seat("eva"),
        via="web",
    )

    page = reader.get(PAGE).text

    words = words_of(page)
    assert "Draft d2 waits to be published, saved by Eva" in words
    assert words.index("Draft d2") < words.index("d1 Newest")
    assert 'href="/segments/pros/diff/1..draft/"' in page


def test_a_restored_version_says_what_it_brought_back(reader: Client) -> None:
    _second_version()
    from catalogue.models import Segment

    restore_version(
        key="pros",
        number=1,
        message="Back.",
        token=token_of(Segment.objects.get(key="pros")),
        by=None,
        via="command",
    )

    assert "the command line · Command line · 18 Mar 2026, 12:00 UTC · brought back d1" in (
        words_of(reader.get(PAGE).text)
    )


def test_each_version_leads_to_what_changed_and_to_the_newest(reader: Client) -> None:
    _second_version()

    page = reader.get(PAGE).text

    assert 'href="/segments/pros/definition/?version=1"' in page
    assert page.count('href="/segments/pros/diff/1..2/"') == 2  # what changed, and with the newest
    assert reader.get(f"{PAGE}?a=1&b=2").headers["Location"] == "/segments/pros/diff/1..2/"


def test_the_days_add_up_what_their_refreshes_changed(reader: Client) -> None:
    segment = make_segment("pros")
    day = NOW.replace(hour=0) - timedelta(days=3)
    for number, (size, hours) in enumerate([(5, 1), (9, 5), (7, 9)], start=1):
        at = day + timedelta(hours=hours)
        segment.membership = add_membership(segment, number=number, size=size, now=at)
    segment.membership = add_membership(segment, number=4, size=8, now=day + timedelta(hours=30))
    segment.save()

    words = words_of(reader.get(PAGE).text)

    assert "16 Mar 2026 8 +1 −0 m4 d1" in words
    assert "15 Mar 2026 7 +9 −2 m1 to m3 d1" in words
    assert words.index("16 Mar 2026") < words.index("15 Mar 2026")


def test_a_period_without_a_change_is_said_to_be_one(reader: Client) -> None:
    segment = make_segment("pros")
    segment.membership = add_membership(segment, number=1, size=5, now=NOW - timedelta(days=20))
    segment.save()

    assert "Nobody entered or left in the last 7 days" in words_of(
        reader.get(f"{PAGE}?days=7").text
    )
    assert "5 +5 −0 m1" in words_of(reader.get(f"{PAGE}?days=90").text)


@pytest.mark.parametrize("query", ["days=0", "days=-7", "days=1e9", "days=x", "page=999", "page=x"])
def test_an_odd_address_shows_the_usual_page(reader: Client, query: str) -> None:
    make_segment("pros")

    assert "30 days" in words_of(reader.get(f"{PAGE}?{query}").text)


def test_an_archived_segment_keeps_its_history(reader: Client) -> None:
    make_segment("pros", status="archived")

    answer = reader.get(PAGE)

    assert answer.status_code == 200
    assert "Archived" in words_of(answer.text)


def test_nobody_reads_it_without_signing_in(client: Client) -> None:
    make_segment("pros")

    assert client.get(PAGE).status_code == 302
