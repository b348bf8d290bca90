from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from catalogue.exports.requesting import request_export
from catalogue.exports.writing import run_export
from catalogue.models import Export, Segment, TeamMember, User
from tests.catalogue.segments.ground import live_segment, seat
from tests.catalogue.web.reading import HTMX, words_of
from tests.catalogue.workspace import NOW, refresh

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _midday() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def sue(client: Client) -> User:
    user = seat("sue", "viewer", sees=True)
    client.force_login(user)
    return user


def ask(by: User) -> Export:
    live_segment()
    refresh("pros", now=NOW)
    segment = Segment.objects.get(key="pros")
    return request_export(
        segment=segment, number=1, format_="csv", traits=["plan"], by=by, via="web"
    )


def test_a_waiting_export_says_so_asks_again_and_can_be_cancelled(
    client: Client, sue: User
) -> None:
    export = ask(sue)

    page = client.get(f"/exports/{export.pk}/").text

    assert "Waiting for a worker" in words_of(page)
    assert 'hx-trigger="every 2s"' in page
    client.post(f"/exports/{export.pk}/cancel/")
    page = client.get(f"/exports/{export.pk}/").text
    assert "The export was cancelled." in words_of(page)
    assert "hx-trigger" not in page


def test_the_longer_it_takes_the_less_often_it_asks(client: Client, sue: User) -> None:
    export = ask(sue)
    Export.objects.update(created_at=NOW - timedelta(minutes=10))

    assert 'hx-trigger="every 10s"' in client.get(f"/exports/{export.pk}/").text


def test_a_running_export_shows_how_far_it_is(client: Client, sue: User) -> None:
    export = ask(sue)
    Export.objects.update(state="running", rows_done=1, rows_total=2)

    answer = client.get(f"/exports/{export.pk}/", headers=HTMX)

    assert "1 of 2 people" in words_of(answer.text)
    assert "<main" not in answer.text


def test_a_written_export_says_what_it_holds_and_is_downloaded(client: Client, sue: User) -> None:
    export = ask(sue)
    run_export(export_id=export.pk, clock_now=NOW)

    words = words_of(client.get(f"/exports/{export.pk}/").text)
    file = client.get(f"/exports/{export.pk}/download/")

    assert "Download pros-m1-2026-03-18.csv deleted on 19 Mar 2026, 12:00 UTC" in words
    assert "People 2, exact" in words
    assert file["Content-Disposition"] == 'attachment; filename="pros-m1-2026-03-18.csv"'
    assert "no-store" in file["Cache-Control"]
    assert '"ada"' in b"".join(file.streaming_content).decode()  # type: ignore[attr-defined]


def test_nobody_else_knows_of_it(client: Client, sue: User) -> None:
    export = ask(sue)
    run_export(export_id=export.pk, clock_now=NOW)
    client.force_login(seat("sam", "admin", sees=True))

    for address in ("", "download/"):
        assert client.get(f"/exports/{export.pk}/{address}").status_code == 404
    assert client.post(f"/exports/{export.pk}/cancel/").status_code == 404
    client.logout()
    assert client.get(f"/exports/{export.pk}/download/").status_code == 302


def test_who_lost_the_right_is_not_given_the_file(client: Client, sue: User) -> None:
    export = ask(sue)
    run_export(export_id=export.pk, clock_now=NOW)
    TeamMember.objects.update(see_people=False)

    assert "may not see the people" in words_of(client.get(f"/exports/{export.pk}/").text)
    assert client.get(f"/exports/{export.pk}/download/").status_code == 403


def test_when_its_time_is_over_the_file_is_gone(client: Client, sue: User) -> None:
    export = ask(sue)
    run_export(export_id=export.pk, clock_now=NOW)

    with time_machine.travel(NOW + timedelta(hours=25), tick=False):
        client.force_login(sue)
        words = words_of(client.get(f"/exports/{export.pk}/").text)
        answer = client.get(f"/exports/{export.pk}/download/")

    assert "The file was deleted when its time was over" in words
    assert answer.status_code == 410
    assert "Export again." in words_of(answer.text)


def test_a_file_lost_from_the_disk_is_gone_and_no_fault(client: Client, sue: User) -> None:
    from catalogue.exports.requesting import exports_folder

    export = ask(sue)
    done = run_export(export_id=export.pk, clock_now=NOW)
    (exports_folder() / done.path).unlink()

    assert client.get(f"/exports/{export.pk}/download/").status_code == 410


def test_before_it_is_written_there_is_nothing_to_download(client: Client, sue: User) -> None:
    export = ask(sue)

    answer = client.get(f"/exports/{export.pk}/download/")

    assert answer.status_code == 410
    assert "There is no file yet." in words_of(answer.text)


def test_a_failed_export_says_why(client: Client, sue: User) -> None:
    export = ask(sue)
    Export.objects.update(state="failed", error="The disk is full.")

    assert "The export failed. The disk is full." in words_of(
        client.get(f"/exports/{export.pk}/").text
    )


@pytest.mark.parametrize("number", ["0", "99999999999999999999", "x", "-1"])
def test_an_absurd_number_is_not_found(client: Client, sue: User, number: str) -> None:
    assert client.get(f"/exports/{number}/").status_code == 404


def test_an_export_is_cancelled_by_a_post_alone(client: Client, sue: User) -> None:
    export = ask(sue)

    assert client.get(f"/exports/{export.pk}/cancel/").status_code == 405
    assert Export.objects.get().state == "queued"
