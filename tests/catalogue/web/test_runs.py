from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from catalogue.models import RefreshRun, User
from catalogue.warehouse import leases
from integrations.models import Audience, Destination, SyncRun
from tests.catalogue.segments.ground import seat, team
from tests.catalogue.web.reading import HTMX, words_of
from tests.catalogue.web.workspace import make_segment
from tests.catalogue.workspace import NOW, define, load_workspace, refresh

pytestmark = pytest.mark.django_db
PAGE = "/runs/"


@pytest.fixture(autouse=True)
def _midday() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def reader(client: Client) -> Client:
    client.force_login(seat("rob", None))
    return client


def result(key: str, *, entered: int = 0, left: int = 0, error: str = "") -> dict[str, Any]:
    return {
        "key": key,
        "milliseconds": None if error else 2.0,
        "size": 5,
        "entered": None if error else entered,
        "left": None if error else left,
        "version": 1,
        "error": error,
    }


def run_of(*keys: str, ago: timedelta = timedelta(0), **fields: Any) -> RefreshRun:
    """A refresh that was asked for so long ago."""
    run = RefreshRun.objects.create(keys=list(keys), **fields)
    RefreshRun.objects.filter(pk=run.pk).update(created_at=NOW - ago)
    return run


def sync_of(key: str, *, tool: str = "mailman", at: datetime = NOW, **fields: Any) -> SyncRun:
    destination, _ = Destination.objects.get_or_create(key=tool, connector="files")
    audience, _ = Audience.objects.get_or_create(
        destination=destination, segment_key=key, name=key, fence=1
    )
    given = {"state": "succeeded", "actor": "timetable", "fence": 1, "to_version": 4, **fields}
    return SyncRun.objects.create(audience=audience, started_at=at, **given)


def hold_the_lease(*, seconds: float = 60) -> int:
    fence = leases.take("refresh", "elsewhere:1", seconds)
    assert fence is not None
    return fence


def test_a_refresh_says_of_what_it_was_what_came_of_it_and_what_it_read(reader: Client) -> None:
    load_workspace()
    define("pros", {"trait": "plan", "is": "pro"}, name="Pros")
    define("free", {"trait": "plan", "is": "free"}, name="Free")
    run = refresh("pros", "free")

    words = words_of(reader.get(PAGE).text)

    # Two are pro and two are free; nobody was before.
    assert f"Refresh {run.pk} Free, Pros Succeeded +4 −0 2 of 2 segments changed" in words
    assert f"{run.rows_read} rows read" in words
    assert run.rows_read > 0


def test_people_are_added_up_over_the_segments_and_refusals_counted(reader: Client) -> None:
    for key in ("a", "b", "c", "d"):
        make_segment(key)
    results = [
        result("a", entered=3, left=1),
        result("b", entered=4, left=2),
        result("c"),
        result("d", error="No such trait."),
    ]
    run_of(
        state="succeeded",
        results=results,
        started_at=NOW - timedelta(seconds=200),
        finished_at=NOW - timedelta(seconds=10),
        rows_read=1234567,
    )

    words = words_of(reader.get(PAGE).text)

    assert "all segments Succeeded +7 −3 2 of 3 segments changed Not counted 1 segment" in words
    assert "took 3 min 10 s 1,234,567 rows read" in words


def test_a_failed_one_says_why_in_its_own_sentence(reader: Client) -> None:
    make_segment("pros")
    run_of("pros", state="failed", error="The disk is full. Make room, then refresh again.")

    words = words_of(reader.get(PAGE).text)

    assert "Failed The disk is full. Make room, then refresh again. nothing was published" in words


def test_a_running_one_shows_how_far_it_is_and_the_list_asks_again(reader: Client) -> None:
    make_segment("pros")
    fence = hold_the_lease()
    run_of(
        "pros",
        state="running",
        fence=fence,
        progress_done=3,
        progress_total=8,
        started_at=NOW - timedelta(seconds=75),
    )

    page = reader.get(PAGE).text

    assert "Running 3 of 8 scans" in words_of(page)
    assert "for 1 min 15 s so far" in words_of(page)
    assert 'max="8" value="3"' in page
    assert 'hx-trigger="every 5s"' in page
    assert "data-polls" in page


def test_nothing_is_asked_again_when_nothing_goes_on(reader: Client) -> None:
    make_segment("pros")
    run_of("pros", state="cancelled")

    assert "data-polls" not in reader.get(PAGE).text


def test_syncs_and_refreshes_stand_in_one_list_the_newest_first(reader: Client) -> None:
    make_segment("pros", name="Pros")
    old = run_of("pros", state="succeeded", ago=timedelta(hours=3))
    sync_of("pros", at=NOW - timedelta(hours=2), to_add=12, to_remove=3, added=10, removed=3)
    new = run_of("pros", state="succeeded", ago=timedelta(hours=1))

    words = words_of(reader.get(PAGE).text)

    places = [words.index(f"Refresh {new.pk}"), words.index("Sync to mailman")]
    assert places == sorted(places)
    assert places[1] < words.index(f"Refresh {old.pk}")
    assert "Sync to mailman Pros, m4 Succeeded +10 −3 13 of 15 people confirmed by mailman" in words
    assert "3 runs as of 18 Mar 2026, 12:00 UTC" in words


def test_a_sync_whose_worker_is_gone_is_not_shown_as_running(reader: Client) -> None:
    make_segment("pros")
    sync = sync_of("pros", state="running", to_add=2)

    assert "Stands still Nobody works on it any more" in words_of(reader.get(PAGE).text)

    Audience.objects.filter(pk=sync.audience_id).update(lease_expires_at=NOW + timedelta(days=9999))
    assert "Stands still" not in words_of(reader.get(PAGE).text)


@pytest.mark.both_databases
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("kind=refresh", {"r1", "r2", "r3", "all"}),
        ("kind=sync", {"s1", "s2"}),
        ("state=failed", {"r2", "s2"}),
        ("state=queued", {"r3"}),
        ("state=braked", set()),
        ("segment=pros", {"r1", "r3", "s1", "all"}),
        ("segment=free", {"r2", "r3", "s2"}),
        ("tool=mailman", {"s1"}),
        ("tool=crm&state=failed", {"s2"}),
        ("tool=mailman&kind=refresh", set()),
        ("since=2026-03-18", {"r3", "s2"}),
        ("since=2026-03-17&kind=refresh", {"r2", "r3", "all"}),
    ],
)
def test_each_filter_leaves_the_runs_that_are_like_that(
    reader: Client, query: str, found: set[str]
) -> None:
    make_segment("pros")
    make_segment("free")
    # Somebody else's key that holds theirs in it.
    make_segment("pros-2")
    runs = {
        "r1": run_of("pros", state="succeeded", ago=timedelta(days=2)),
        "r2": run_of("free", state="failed", ago=timedelta(days=1)),
        "r3": run_of("free", "pros", state="queued"),
        "all": run_of(state="succeeded", results=[result("pros")], ago=timedelta(days=1)),
    }
    syncs = {
        "s1": sync_of("pros", at=NOW - timedelta(days=1)),
        "s2": sync_of("free", tool="crm", state="failed"),
    }

    page = reader.get(f"{PAGE}?{query}")

    lines = page.context["lines"]
    numbers = {run.pk: name for name, run in runs.items()}
    ids = {sync.pk: name for name, sync in syncs.items()}
    shown = {ids[one.line.sync.id] if one.is_sync else numbers[one.line.number] for one in lines}
    assert shown == found
    assert page.context["page"].paginator.count == len(found)


def test_a_segment_is_not_found_by_a_part_of_its_key(reader: Client) -> None:
    make_segment("pros")
    make_segment("pro")
    run_of("pros", state="succeeded", results=[result("pros")])
    run_of(state="succeeded", results=[result("pros")])

    assert reader.get(f"{PAGE}?segment=pro").context["lines"] == []


def test_every_filter_is_a_chip_that_takes_only_itself_away(reader: Client) -> None:
    make_segment("pros", name="Pros")

    page = reader.get(f"{PAGE}?state=failed&segment=pros&since=2026-03-17").text

    words = words_of(page)
    assert "State Failed" in words
    assert "Segment Pros" in words
    assert "Since 17 Mar 2026" in words
    assert 'href="?state=failed&amp;since=2026-03-17"' in page
    assert "No run is like that" in words


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("state=flying", "There is no state “flying”. That filter is left out."),
        ("kind=x", "There is no kind “x”. That filter is left out."),
        ("tool=nothing", "There is no tool “nothing”. That filter is left out."),
        ("segment=pross", "There is no segment “pross”. Did you mean “pros”? That filter is left"),
        ("since=yesterday", "“yesterday” is no day; write it like 2026-11-23. That filter"),
        ("since=0001-01-01", "“0001-01-01” is no day"),
        ("segment=" + "x" * 5000, "There is no segment “" + "x" * 80 + "…”."),
        ("tool=%00", ""),
        ("segment=%00", ""),
    ],
)
def test_what_is_not_understood_is_said_and_left_out(reader: Client, query: str, said: str) -> None:
    make_segment("pros")
    run_of("pros", state="succeeded")

    page = reader.get(f"{PAGE}?{query}")

    assert page.status_code == 200
    assert said in words_of(page.text)
    assert len(page.context["lines"]) == 1


@pytest.mark.parametrize("number", ["0", "-1", "999999999999999999999999", "x", "", "1e3", "٣"])
def test_an_absurd_page_shows_one_there_is(reader: Client, number: str) -> None:
    make_segment("pros")
    for _ in range(3):
        run_of("pros")

    assert len(reader.get(PAGE, {"page": number}).context["lines"]) == 3


@pytest.mark.both_databases
def test_pages_of_runs_leave_nobody_out_even_of_those_that_came_at_one_instant(
    reader: Client,
) -> None:
    make_segment("pros")
    refreshes = {("refresh", run_of("pros", state="succeeded").pk) for _ in range(20)}
    syncs = {("sync", sync_of("pros").pk) for _ in range(20)}

    lines = [
        line for number in (1, 2) for line in reader.get(f"{PAGE}?page={number}").context["lines"]
    ]

    shown = [
        ("sync", one.line.sync.id) if one.is_sync else ("refresh", one.line.number) for one in lines
    ]
    assert len(shown) == 40
    assert set(shown) == refreshes | syncs


@pytest.mark.both_databases
def test_a_refresh_of_private_drafts_alone_does_not_exist_for_others(client: Client) -> None:
    team("sales")
    make_segment("secret", name="Secret", team=team("sales"), status="draft", is_private=True)
    make_segment("pros", name="Pros")
    alone = run_of("secret", state="succeeded", results=[result("secret", entered=9)])
    mixed = run_of(
        "pros",
        "secret",
        state="succeeded",
        results=[result("pros", entered=2), result("secret", entered=9)],
    )

    client.force_login(seat("rob", None))
    theirs = client.get(PAGE)
    client.force_login(seat("lena", at="sales"))
    hers = client.get(PAGE)

    assert [one.line.number for one in theirs.context["lines"]] == [mixed.pk]
    assert "Secret" not in theirs.text
    assert "+2 −0 1 of 1 segment changed" in words_of(theirs.text)
    assert [one.line.number for one in hers.context["lines"]] == [mixed.pk, alone.pk]
    assert "+11 −0 2 of 2 segments changed" in words_of(hers.text)


def test_what_waits_says_for_what(reader: Client) -> None:
    make_segment("pros")
    make_segment("free")
    run_of("pros", state="queued")

    assert "Waits It waits for a worker; one looks every 30 seconds." in words_of(
        reader.get(PAGE).text
    )

    running = run_of("free", state="running", fence=hold_the_lease(), started_at=NOW)
    assert f"Waits It waits for refresh {running.pk}: one refresh runs at a time." in words_of(
        reader.get(PAGE).text
    )


def test_what_nobody_works_on_says_so(reader: Client) -> None:
    make_segment("pros")
    run_of("pros", state="queued", ago=timedelta(minutes=12))
    run_of("pros", state="running", fence=3, started_at=NOW - timedelta(hours=1), attempts=1)

    words = words_of(reader.get(PAGE).text)

    assert "Stands still No worker has taken it for 12 minutes: whoever runs this" in words
    assert "Stands still Nobody works on it any more: the worker that had it was lost." in words


def test_an_empty_list_teaches_how_it_fills(reader: Client) -> None:
    assert "Nothing has run yet A refresh begins when a segment is published" in words_of(
        reader.get(PAGE).text
    )


def test_htmx_is_given_the_list_alone_and_the_address_to_show(reader: Client) -> None:
    make_segment("pros")
    run_of("pros", state="failed")

    answer = reader.get(f"{PAGE}?state=failed&tool=", headers=HTMX)

    assert "<html" not in answer.text
    assert answer.headers["HX-Push-Url"] == "/runs/?state=failed"
    # The list that keeps itself up to date is no step of the reader's.
    again = reader.get(f"{PAGE}?state=failed", headers={**HTMX, "HX-Trigger": "found"})
    assert "HX-Push-Url" not in again.headers


def test_more_runs_ask_no_more_queries(reader: Client) -> None:
    def fill(numbers: range) -> None:
        for number in numbers:
            make_segment(f"s{number}")
            run_of(f"s{number}", state="succeeded", results=[result(f"s{number}")])
            run_of(f"s{number}", state="queued")
            sync_of(f"s{number}")

    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert reader.get(PAGE).status_code == 200
        return len(asked)

    fill(range(1))
    few = queries()
    fill(range(1, 8))

    assert queries() == few
    assert few <= 20


def test_nobody_reads_it_without_signing_in(client: Client) -> None:
    answer = client.get(PAGE)

    assert answer.status_code == 302
    assert answer.headers["Location"] == "/login/?next=/runs/"


def test_it_only_answers_readers(reader: Client) -> None:
    assert reader.post(PAGE).status_code == 405


def test_the_site_admin_sees_private_drafts_too(client: Client) -> None:
    make_segment("secret", name="Secret", status="draft", is_private=True)
    run_of("secret", state="succeeded", results=[result("secret")])
    client.force_login(User.objects.create_superuser("root"))

    assert "Secret" in words_of(client.get(PAGE).text)
