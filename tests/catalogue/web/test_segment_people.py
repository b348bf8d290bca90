from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from catalogue.models import Change, Customer, Export, MembershipVersion, Segment
from tests.catalogue.segments.ground import live_segment, seat
from tests.catalogue.web.reading import words_of
from tests.catalogue.web.workspace import make_segment
from tests.catalogue.workspace import NOW, define, load_workspace, refresh

pytestmark = pytest.mark.django_db
PAGE = "/segments/pros/people/"
RECENT = {"did": "login", "in_last": "7 days"}


@pytest.fixture(autouse=True)
def _midday() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def seer(client: Client) -> Client:
    client.force_login(seat("sue", "viewer", sees=True))
    return client


@pytest.fixture
def reader(client: Client) -> Client:
    client.force_login(seat("rob", None))
    return client


def pros() -> Segment:
    """ada and cleo, since two days ago."""
    segment = live_segment()
    refresh("pros", now=NOW - timedelta(days=2))
    return segment


def recent() -> None:
    """Who logged in within a week. On 12 March that is bob, on the 18th it is ada."""
    load_workspace()
    define("pros", RECENT, status="live", name="Recent")
    refresh("pros", now=datetime.fromisoformat("2026-03-12T12:00:00Z"))
    refresh("pros", now=NOW)


def test_it_lists_who_belongs_and_since_when(seer: Client) -> None:
    pros()

    words = words_of(seer.get(PAGE).text)

    assert "2 people m1, by d1 exact · as of 16 Mar 2026, 12:00 UTC" in words
    assert "ada 16 Mar 2026, 12:00 UTC Does not fit? ada cleo 16 Mar 2026, 12:00 UTC" in words
    assert "bob" not in words


def test_chosen_traits_are_columns_with_the_values_of_that_time(seer: Client) -> None:
    pros()

    words = words_of(seer.get(f"{PAGE}?trait=email&trait=plan&trait=nonsense").text)

    assert "Customer Since Email Plan" in words
    assert "ada 16 Mar 2026, 12:00 UTC ada@x.example pro" in words
    assert "cleo 16 Mar 2026, 12:00 UTC unknown pro" in words


def test_who_entered_and_left_in_a_period_is_counted_and_listed(seer: Client) -> None:
    recent()

    week = words_of(seer.get(f"{PAGE}?period=7").text)
    entered = words_of(seer.get(f"{PAGE}?show=entered&period=7").text)
    left = words_of(seer.get(f"{PAGE}?show=left&period=7").text)

    # A week ago nobody had been counted yet.
    assert "+1 −0 in 7 days" in week
    assert "before the first refresh" in week
    assert "Customer Entered ada 18 Mar 2026, 12:00 UTC" in entered
    assert "Nobody left in this period." in left


def test_a_period_of_two_dates_counts_from_the_version_that_held_when_it_began(
    seer: Client,
) -> None:
    recent()

    address = f"{PAGE}?from=2026-03-13&to=2026-03-18"
    words = words_of(seer.get(f"{address}&show=left").text)

    assert "+1 −1 from 2026-03-13 to 2026-03-18" in words
    assert "m1, as of 12 Mar 2026, 12:00 UTC, against m2, as of 18 Mar 2026, 12:00 UTC" in words
    assert "Customer Left bob 18 Mar 2026, 12:00 UTC" in words
    assert "+1 −0" in words_of(seer.get(f"{PAGE}?from=2026-03-01&to=2026-03-12").text)


@pytest.mark.parametrize(
    "dates",
    [
        "from=2026-03-18&to=2026-03-13",
        "from=x&to=y",
        "from=2026-03-13",
        "from=2026-02-31&to=2026-03-01",
    ],
)
def test_a_period_that_is_none_is_said_to_be_none(seer: Client, dates: str) -> None:
    recent()

    words = words_of(seer.get(f"{PAGE}?{dates}").text)

    assert "A period goes from one day to the same or a later one" in words
    assert "in 30 days" in words


def test_pages_stay_with_one_version_while_the_segment_moves_on(
    seer: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("catalogue.web.views.segment_people.ON_A_PAGE", 1)
    pros()
    first = seer.get(PAGE).text
    assert "m=1&amp;after=0" in first
    define("pros", {"trait": "plan", "is": "free"}, status="live")
    refresh("pros", now=NOW - timedelta(hours=1))

    second = words_of(seer.get(f"{PAGE}?m=1&after=0").text)

    assert "Members of m1 Customer Since Feedback cleo" in second
    assert "This is m1, as of 16 Mar 2026, 12:00 UTC. There is a newer version." in second
    assert "bob" in words_of(seer.get(PAGE).text)


def test_who_entered_is_paged_between_the_same_two_versions(
    seer: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("catalogue.web.views.segment_people.ON_A_PAGE", 1)
    pros()

    first = seer.get(f"{PAGE}?show=entered").text

    assert "b=0&amp;m=1&amp;after=0" in first
    second = words_of(seer.get(f"{PAGE}?show=entered&b=0&m=1&after=0").text)
    assert "cleo" in second.partition("Who they are")[2]
    assert "Next page" not in second


@pytest.mark.parametrize(
    "query", ["m=9", "m=x", "m=-1", "b=2&m=1", "b=x&m=1", "b=9&m=1", "m=" + "9" * 40]
)
def test_versions_that_do_not_exist_are_not_found(seer: Client, query: str) -> None:
    pros()

    assert seer.get(f"{PAGE}?{query}").status_code == 404


@pytest.mark.parametrize("after", ["-5", "x", "9" * 30, "4294967295", "1e3", "٣"])
def test_an_odd_place_is_an_empty_or_the_first_page(seer: Client, after: str) -> None:
    pros()

    assert seer.get(PAGE, {"after": after}).status_code == 200


def test_a_customer_deleted_since_is_not_shown_but_counted_as_withheld(seer: Client) -> None:
    pros()
    Customer.objects.filter(external_id="ada").update(deleted_at=NOW)

    words = words_of(seer.get(PAGE).text)

    assert "1 person is not shown" in words
    assert "ada" not in words
    assert "cleo" in words


def test_without_the_right_there_are_numbers_and_whom_to_ask(reader: Client) -> None:
    recent()
    seat("amy", "admin")

    words = words_of(reader.get(f"{PAGE}?show=entered&trait=email").text)

    assert "1 people" in words or "1 person" in words
    assert "+1 −0 in 30 days" in words
    assert "You may see how many people belong, but not who they are." in words
    assert "admins of the team Growth: Amy" in words
    assert "ada" not in words
    assert "x.example" not in words


def test_people_of_another_team_are_not_shown_to_who_sees_people_elsewhere(
    client: Client,
) -> None:
    pros()
    client.force_login(seat("sal", "editor", at="sales", sees=True))

    assert "cleo" not in client.get(PAGE).text


def test_an_archived_segment_keeps_its_last_people(seer: Client) -> None:
    pros()
    Segment.objects.update(status="archived")

    words = words_of(seer.get(PAGE).text)

    assert "This segment is archived" in words
    assert "cleo 16 Mar 2026, 12:00 UTC" in words


def test_damaged_members_are_refused_with_a_sentence(seer: Client) -> None:
    make_segment("pros", sizes=(5,))

    words = words_of(seer.get(PAGE).text)

    assert "The people cannot be shown." in words
    assert "cannot be trusted" in words


def test_a_segment_nobody_counted_yet_says_so(seer: Client) -> None:
    make_segment("pros")

    assert "Nobody has been counted yet" in words_of(seer.get(PAGE).text)


def test_the_number_of_questions_does_not_grow_with_the_people(seer: Client) -> None:
    load_workspace()
    define("pros", {"everyone": True}, status="live")
    define("one", {"did": "purchase"}, status="live")
    refresh(now=NOW)
    counted = []
    for key in ("one", "pros"):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert seer.get(f"/segments/{key}/people/?trait=plan").status_code == 200
        counted.append(len(queries))

    assert counted[0] == counted[1]


def test_an_export_is_asked_for_once_however_often_the_form_is_sent(seer: Client) -> None:
    pros()
    form = {"m": "1", "format": "csv", "trait": ["email", "plan"]}

    first, again = seer.post(PAGE, form), seer.post(PAGE, form)

    (export,) = Export.objects.all()
    assert first.headers["Location"] == again.headers["Location"] == f"/exports/{export.pk}/"
    assert export.traits == ["email", "plan"]
    assert export.membership == MembershipVersion.objects.get()
    (said,) = Change.objects.filter(kind="people.exported")
    assert said.details == {"membership": 1, "format": "csv", "traits": ["email", "plan"]}


@pytest.mark.parametrize(
    "form",
    [
        {"m": "1", "format": "xls"},
        {"m": "9", "format": "csv"},
        {"m": "x", "format": "csv"},
        {"format": "csv"},
        {"m": "1", "format": "csv", "trait": ["password"]},
        {"m": "1", "format": "csv", "trait": [f"t{n}" for n in range(30)]},
    ],
)
def test_a_form_that_makes_no_sense_exports_nothing(seer: Client, form: dict[str, object]) -> None:
    pros()

    answer = seer.post(PAGE, form)

    assert answer.status_code == 422
    assert "Nothing is exported." in words_of(answer.text)
    assert not Export.objects.exists()


def test_who_may_not_see_people_may_not_export_them(reader: Client) -> None:
    pros()

    assert reader.post(PAGE, {"m": "1", "format": "csv"}).status_code == 403
    assert not Export.objects.exists()


def test_nobody_reads_it_without_signing_in(client: Client) -> None:
    make_segment("pros")

    assert client.get(PAGE).status_code == 302


def test_the_page_is_kept_by_no_browser(seer: Client) -> None:
    pros()

    assert "no-store" in seer.get(PAGE)["Cache-Control"]
