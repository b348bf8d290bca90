from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from catalogue.membership.refresh import request_refresh
from catalogue.models import RefreshRun
from tests.catalogue.segments.ground import seat
from tests.catalogue.web.reading import HTMX, words_of
from tests.catalogue.web.refreshes import failed_run, page_of, running_run
from tests.catalogue.web.workspace import make_segment
from tests.catalogue.workspace import LOADED, NOW, define, load_workspace, refresh

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _midday() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def reader(client: Client) -> Client:
    client.force_login(seat("rob", None))
    return client


@pytest.fixture
def editor(client: Client) -> Client:
    client.force_login(seat("eva"))
    return client


def test_it_shows_what_was_found_for_each_segment_as_of_when_on_which_data(
    reader: Client,
) -> None:
    with time_machine.travel(LOADED, tick=False):
        load_workspace()
    define("pros", {"trait": "plan", "is": "pro"}, name="Pros")
    define("broken", {"in_segment": "nothing"}, name="Broken")
    refresh("pros", now=NOW - timedelta(days=1))
    again = refresh("pros", "broken")

    words = words_of(reader.get(page_of(again)).text)

    assert "Succeeded as of 18 Mar 2026, 12:00 UTC" in words
    assert "1 segment counted exact · as of 18 Mar 2026, 12:00 UTC" in words
    assert "+0 −0 entered and left added up over the segments" in words
    assert "1 segment could not be counted and keeps the last good version" in words
    assert "Pros 2 people nobody m1 unchanged" in words
    assert words.index("Broken Not counted") < words.index("Pros 2 people")
    assert "“nothing”" in words
    assert "counted as of 18 Mar 2026, 12:00 UTC on the data loaded" in words
    assert "Data loaded 1 Mar 2026, 00:00 UTC, photo" in words
    assert "Attempts 1" in words


def test_a_version_that_it_made_is_said_to_be_new_and_leads_to_the_history(
    reader: Client,
) -> None:
    load_workspace()
    define("pros", {"trait": "plan", "is": "pro"}, name="Pros")
    refresh("pros", now=NOW - timedelta(days=1))
    define("pros", {"trait": "plan", "is": "free"})
    run = refresh("pros")

    page = reader.get(page_of(run)).text

    assert "Pros 2 people +2 −2 m2 new" in words_of(page)
    assert 'href="/segments/pros/history/#days"' in page
    assert run.results[0]["milliseconds"] > 0
    assert f"{run.results[0]['milliseconds']:.1f} ms" in words_of(page)


def test_a_running_one_shows_its_progress_and_what_stays_published(editor: Client) -> None:
    make_segment("pros", name="Pros", sizes=(5, 7))
    run = running_run("pros")

    page = editor.get(page_of(run)).text

    words = words_of(page)
    assert "Running as of 18 Mar 2026, 12:00 UTC; this page keeps itself up to date" in words
    assert "Counting Cancel 3 of 8 scans" in words
    assert "What is published meanwhile stays until a refresh has ended well" in words
    assert "Pros 7 people m2 23 Nov 2026, 06:00 UTC" in words
    assert f'action="/runs/{run.pk}/cancel/"' in page


def test_it_asks_often_at_first_and_seldom_later_and_stops_at_the_end(reader: Client) -> None:
    make_segment("pros")
    run = running_run("pros")

    assert 'hx-trigger="every 2s"' in reader.get(page_of(run)).text
    with time_machine.travel(NOW + timedelta(seconds=61), tick=False):
        assert 'hx-trigger="every 10s"' in reader.get(page_of(run)).text
    RefreshRun.objects.filter(pk=run.pk).update(state="succeeded", finished_at=NOW)
    last = reader.get(page_of(run), headers=HTMX).text
    assert "hx-trigger" not in last
    assert f'data-says="Refresh {run.pk}: Succeeded."' in last


def test_htmx_is_given_the_live_part_alone_which_pauses_while_nobody_looks(
    reader: Client,
) -> None:
    make_segment("pros")
    run = running_run("pros")

    part = reader.get(page_of(run), headers=HTMX).text

    assert "<html" not in part
    assert 'id="run"' in part
    # page.js asks nothing for a part marked so while the page is hidden.
    assert "data-polls" in part
    assert f'hx-get="/runs/{run.pk}/"' in part


def test_what_waits_and_what_was_left_alone_say_so(reader: Client) -> None:
    make_segment("pros")
    waits = request_refresh(keys=["pros"])
    lost = RefreshRun.objects.create(
        keys=["pros"], state="running", fence=99, started_at=NOW, attempts=2, cancel_asked=True
    )

    assert "Waits to be begun" in words_of(reader.get(page_of(waits)).text)
    words = words_of(reader.get(page_of(lost)).text)
    assert "Stands still" in words
    assert "The timetable closes it as cancelled within a minute." in words
    RefreshRun.objects.filter(pk=lost.pk).update(cancel_asked=False)
    assert "The timetable takes it up again within a minute, 3 attempts in all." in words_of(
        reader.get(page_of(lost)).text
    )
    with time_machine.travel(NOW + timedelta(hours=5), tick=False):
        assert "No worker has taken it for 5 hours" in words_of(reader.get(page_of(waits)).text)


@pytest.mark.parametrize(
    "path",
    [
        "/runs/0/",
        "/runs/-1/",
        "/runs/x/",
        "/runs/1.5/",
        "/runs/99999999999999999999999999/",
        f"/runs/{'9' * 5000}/",
    ],
)
def test_a_number_that_no_refresh_has_is_not_found(reader: Client, path: str) -> None:
    assert reader.get(path).status_code == 404


@pytest.mark.parametrize("page", ["0", "-3", "999999999999", "x", "%00"])
def test_an_absurd_page_of_results_shows_one_there_is(reader: Client, page: str) -> None:
    make_segment("pros", name="Pros")
    run = failed_run("pros")

    assert "Pros" in words_of(reader.get(f"{page_of(run)}?page={page}").text)


def test_many_results_are_shown_a_page_at_a_time(reader: Client) -> None:
    rows = [
        {
            "key": f"s{number:03}",
            "milliseconds": 1.0,
            "size": 5,
            "entered": 1,
            "left": 0,
            "version": 1,
            "error": "",
        }
        for number in range(130)
    ]
    for number in range(130):
        make_segment(f"s{number:03}")
    run = RefreshRun.objects.create(
        keys=[], state="succeeded", now=NOW, finished_at=NOW, results=rows
    )

    first, second = (reader.get(f"{page_of(run)}?page={number}") for number in (1, 2))

    assert len(first.context["results"]) == 100
    assert [one.key for one in second.context["results"]] == [f"s{n}" for n in range(100, 130)]
    assert "+130 −0" in words_of(second.text)


def test_more_segments_ask_no_more_queries(editor: Client) -> None:
    load_workspace()
    for number in range(6):
        define(f"s{number}", {"trait": "plan", "is": "pro"})
    every = [f"s{number}" for number in range(6)]
    few, many = refresh("s0"), refresh(*every)
    waiting = request_refresh(keys=["s0"]), request_refresh(keys=every)

    def queries(run: RefreshRun) -> int:
        with CaptureQueriesContext(connection) as asked:
            assert editor.get(page_of(run)).status_code == 200
        return len(asked)

    assert queries(few) == queries(many) <= 14
    assert queries(waiting[0]) == queries(waiting[1]) <= 14


def test_it_says_what_each_scan_read_and_what_that_took(reader: Client) -> None:
    load_workspace()
    define("pros", {"any": [{"trait": "plan", "is": "pro"}, {"did": "login"}]}, name="Pros")
    run = refresh("pros")

    words = words_of(reader.get(page_of(run)).text)

    assert "What it read a scan answers all conditions on the same data" in words
    assert "the trait “plan” the newest values" in words
    assert "“login” counted" in words
    assert "counted and timed by the run" in words


def test_a_difference_that_the_self_check_found_is_an_alert(reader: Client) -> None:
    load_workspace()
    define("pros", {"trait": "plan", "is": "pro"}, name="Pros")
    run = refresh("pros")
    sayings = {(): "judged again from nothing: the same people", ("pros",): "found a difference"}
    for different, said in sayings.items():
        result = {"segments": 2, "different": different, "milliseconds": 3}
        RefreshRun.objects.filter(pk=run.pk).update(check_result=result)
        assert said in words_of(reader.get(page_of(run)).text)
