from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from catalogue.membership.refresh import request_refresh
from catalogue.models import RefreshRun, Role, Segment, Status, User
from catalogue.warehouse import leases
from tests.catalogue.segments.ground import seat, team
from tests.catalogue.web.reading import HTMX, words_of
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


def page_of(run: RefreshRun) -> str:
    return f"/runs/{run.pk}/"


def failed_run(*keys: str) -> RefreshRun:
    return RefreshRun.objects.create(
        keys=list(keys), state="failed", error="The disk is full. Make room, then refresh again."
    )


def running_run(*keys: str) -> RefreshRun:
    """A refresh that another process works on now."""
    fence = leases.take("refresh", "elsewhere:1", 60)
    assert fence is not None
    return RefreshRun.objects.create(
        keys=list(keys),
        state="running",
        fence=fence,
        now=NOW,
        started_at=NOW - timedelta(seconds=30),
        attempts=1,
        progress_done=3,
        progress_total=8,
    )


def states() -> list[tuple[int, str, bool]]:
    return list(RefreshRun.objects.order_by("pk").values_list("pk", "state", "cancel_asked"))


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


def test_one_that_is_being_stopped_says_so_and_offers_no_second_cancel(editor: Client) -> None:
    make_segment("pros")
    run = running_run("pros")
    RefreshRun.objects.filter(pk=run.pk).update(cancel_asked=True)

    page = editor.get(page_of(run)).text

    assert "It is being stopped: it ends after the scan it is at" in words_of(page)
    assert "/cancel/" not in page


def test_cancelling_twice_stops_it_once(editor: Client) -> None:
    make_segment("pros")
    run = running_run("pros")

    for _ in range(2):
        answer = editor.post(f"{page_of(run)}cancel/")
        assert answer.headers["Location"] == page_of(run)

    assert states() == [(run.pk, "running", True)]
    assert f"Refresh {run.pk} is being stopped. Nothing of it is published." in (
        editor.get(page_of(run)).text
    )


def test_one_that_waits_is_cancelled_at_once(editor: Client) -> None:
    make_segment("pros")
    run = request_refresh(keys=["pros"])

    page = editor.post(f"{page_of(run)}cancel/", follow=True).text

    assert states() == [(run.pk, "cancelled", False)]
    assert f"Refresh {run.pk} was cancelled before it began." in page
    assert "Refresh the same segments again" in words_of(page)


def test_what_has_ended_is_not_cancelled_by_a_page_that_is_old(editor: Client) -> None:
    make_segment("pros")
    run = failed_run("pros")

    page = editor.post(f"{page_of(run)}cancel/", follow=True).text

    assert f"Refresh {run.pk} has ended already, so there is nothing to stop." in page
    assert states() == [(run.pk, "failed", False)]


@pytest.mark.both_databases
def test_trying_again_twice_makes_one_refresh_of_the_same_segments(editor: Client) -> None:
    make_segment("pros")
    make_segment("free")
    run = failed_run("free", "pros")

    first = editor.post(f"{page_of(run)}retry/")
    new = RefreshRun.objects.latest("pk")
    RefreshRun.objects.filter(pk=new.pk).update(state="running", now=NOW, fence=1)
    second = editor.post(f"{page_of(run)}retry/")

    assert first.headers["Location"] == second.headers["Location"] == page_of(new)
    assert [pk for pk, _, _ in states()] == [run.pk, new.pk]
    assert new.keys == ["free", "pros"]
    assert new.now is None
    assert new.slot is None


def test_trying_again_later_makes_another_one(editor: Client) -> None:
    make_segment("pros")
    run = failed_run("pros")
    editor.post(f"{page_of(run)}retry/")
    RefreshRun.objects.filter(pk__gt=run.pk).update(state="failed", now=NOW)

    editor.post(f"{page_of(run)}retry/")

    assert [state for _, state, _ in states()] == ["failed", "failed", "queued"]


def test_what_succeeded_is_not_tried_again(editor: Client) -> None:
    make_segment("pros")
    run = RefreshRun.objects.create(keys=["pros"], state="succeeded", now=NOW, finished_at=NOW)

    page = editor.post(f"{page_of(run)}retry/", follow=True).text

    assert "only what failed or was cancelled is tried again" in page
    assert len(states()) == 1


def test_an_archived_segment_is_not_refreshed_again(editor: Client) -> None:
    segment = make_segment("pros")
    run = failed_run("pros")
    Segment.objects.filter(pk=segment.pk).update(status=Status.ARCHIVED)

    page = editor.post(f"{page_of(run)}retry/", follow=True).text

    assert "The segment “pros” is archived: it is not refreshed any more." in page
    assert len(states()) == 1


@pytest.mark.parametrize(
    ("role", "at"), [(None, "growth"), (Role.VIEWER, "growth"), (Role.ADMIN, "sales")]
)
def test_without_the_right_there_are_no_buttons_and_nothing_happens(
    client: Client, role: str | None, at: str
) -> None:
    make_segment("pros")
    team("sales")
    runs = [failed_run("pros"), running_run("pros"), request_refresh(keys=["pros"])]
    client.force_login(seat("rob", role, at=at))
    before = states()

    for run in runs:
        page = client.get(page_of(run)).text
        assert f"/runs/{run.pk}/cancel/" not in page
        assert f"/runs/{run.pk}/retry/" not in page
        for act in ("cancel", "retry"):
            answer = client.post(f"{page_of(run)}{act}/")
            assert answer.status_code == 403

    assert states() == before


@pytest.mark.parametrize(
    ("who", "may"), [("owner", True), ("editor", True), ("team admin", True), ("root", True)]
)
def test_those_who_may_change_the_segment_may_steer_its_refreshes(
    client: Client, who: str, may: bool
) -> None:
    owner = seat("mia", None)
    make_segment("pros", owner=owner)
    run = failed_run("pros")
    users = {
        "owner": owner,
        "editor": seat("eva"),
        "team admin": seat("chief", Role.ADMIN),
        "root": User.objects.create_superuser("root"),
    }
    client.force_login(users[who])

    assert (f"/runs/{run.pk}/retry/" in client.get(page_of(run)).text) is may
    assert client.post(f"{page_of(run)}retry/").status_code == 302
    assert len(states()) == 2


def test_a_refresh_of_all_segments_is_steered_by_site_admins_alone(client: Client) -> None:
    make_segment("pros")
    run = running_run()
    client.force_login(seat("eva"))
    assert client.post(f"{page_of(run)}cancel/").status_code == 403
    assert "/cancel/" not in client.get(page_of(run)).text

    client.force_login(User.objects.create_superuser("root"))
    client.post(f"{page_of(run)}cancel/")

    assert states() == [(run.pk, "running", True)]


def test_one_segment_that_is_not_yours_is_enough_to_keep_your_hands_off(client: Client) -> None:
    make_segment("pros")
    make_segment("leads", team=team("sales"))
    run = failed_run("leads", "pros")
    client.force_login(seat("eva"))

    assert client.post(f"{page_of(run)}retry/").status_code == 403
    assert len(states()) == 1


def test_a_refresh_of_a_private_draft_is_like_one_that_never_was(client: Client) -> None:
    make_segment("secret", team=team("sales"), status="draft", is_private=True)
    run = failed_run("secret")
    client.force_login(seat("eva"))

    for path in (page_of(run), "/runs/999999/"):
        assert client.get(path).status_code == 404
    for act in ("cancel", "retry"):
        hidden = client.post(f"{page_of(run)}{act}/")
        missing = client.post(f"/runs/999999/{act}/")
        assert hidden.status_code == missing.status_code == 404
    assert states() == [(run.pk, "failed", False)]


def test_private_drafts_are_left_out_of_what_others_see(client: Client) -> None:
    make_segment("secret", name="Secret", team=team("sales"), status="draft", is_private=True)
    make_segment("pros", name="Pros")
    rows = [
        {"key": key, "milliseconds": 1.0, "size": 5, "entered": entered, "left": 0}
        for key, entered in (("pros", 2), ("secret", 9))
    ]
    run = RefreshRun.objects.create(
        keys=["pros", "secret"],
        state="succeeded",
        now=NOW,
        finished_at=NOW,
        results=[{**row, "version": 1, "error": ""} for row in rows],
    )
    client.force_login(seat("rob", None))

    words = words_of(client.get(page_of(run)).text)

    assert "Of 1 segment." in words
    assert "+2 −0 entered and left" in words
    assert "Secret" not in words
    assert "secret" not in words


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


def test_steering_is_posted(editor: Client) -> None:
    make_segment("pros")
    run = failed_run("pros")

    assert editor.get(f"{page_of(run)}retry/").status_code == 405
    assert editor.get(f"{page_of(run)}cancel/").status_code == 405
    assert editor.post(page_of(run)).status_code == 405


def test_a_form_of_another_site_changes_nothing(client: Client) -> None:
    make_segment("pros")
    run = failed_run("pros")
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(seat("eva"))

    assert strict.post(f"{page_of(run)}retry/").status_code == 403
    assert len(states()) == 1


def test_nobody_reads_or_steers_without_signing_in(client: Client) -> None:
    make_segment("pros")
    run = failed_run("pros")

    assert client.get(page_of(run)).status_code == 302
    assert client.post(f"{page_of(run)}retry/").status_code == 302
    assert len(states()) == 1
