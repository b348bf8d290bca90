"""Cancelling a refresh, and trying it again: by whom, when, and once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine
from django.test import Client

from catalogue.membership.refresh import request_refresh
from catalogue.models import RefreshRun, Role, Segment, Status, User
from tests.catalogue.segments.ground import seat, team
from tests.catalogue.web.reading import words_of
from tests.catalogue.web.refreshes import failed_run, page_of, running_run, states
from tests.catalogue.web.workspace import make_segment
from tests.catalogue.workspace import NOW

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
