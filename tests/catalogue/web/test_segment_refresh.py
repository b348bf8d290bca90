from __future__ import annotations

import pytest
from django.test import Client

from catalogue.models import RefreshRun, Role, RunState, Segment, Status, Team, TeamMember, User
from tests.catalogue.web.workspace import make_segment, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def paying() -> Segment:
    return make_segment("paying")


def sit(user: User, role: Role) -> User:
    TeamMember.objects.create(team=Team.objects.get(slug="growth"), user=user, role=role)
    return user


def test_an_editor_asks_for_a_refresh_and_comes_back_to_the_page(
    client: Client, paying: Segment
) -> None:
    client.force_login(sit(make_user(), Role.EDITOR))

    answer = client.post("/segments/paying/refresh/")

    assert answer.headers["Location"] == "/segments/paying/"
    assert [(run.keys, run.state) for run in RefreshRun.objects.all()] == [
        (["paying"], RunState.QUEUED)
    ]


def test_asking_twice_waits_for_one_run(client: Client, paying: Segment) -> None:
    client.force_login(sit(make_user(), Role.EDITOR))

    client.post("/segments/paying/refresh/")
    client.post("/segments/paying/refresh/")

    assert RefreshRun.objects.count() == 1


def test_a_viewer_may_neither_ask_nor_stop(client: Client, paying: Segment) -> None:
    client.force_login(sit(make_user(), Role.VIEWER))
    run = RefreshRun.objects.create(keys=["paying"])

    for path in ("/segments/paying/refresh/", "/segments/paying/refresh/cancel/"):
        assert client.post(path).status_code == 403

    run.refresh_from_db()
    assert run.state == RunState.QUEUED
    assert RefreshRun.objects.count() == 1


def test_an_editor_stops_the_run_of_their_segment(client: Client, paying: Segment) -> None:
    client.force_login(sit(make_user(), Role.EDITOR))
    run = RefreshRun.objects.create(keys=["paying"])

    page = client.post("/segments/paying/refresh/cancel/", follow=True)

    run.refresh_from_db()
    assert run.state == RunState.CANCELLED
    assert "is being stopped" in page.text


def test_a_run_of_every_segment_is_not_theirs_to_stop(client: Client, paying: Segment) -> None:
    client.force_login(sit(make_user(), Role.EDITOR))
    run = RefreshRun.objects.create(keys=[], state=RunState.RUNNING)

    assert client.post("/segments/paying/refresh/cancel/").status_code == 403

    run.refresh_from_db()
    assert not run.cancel_asked


def test_stopping_when_nothing_runs_changes_nothing(client: Client, paying: Segment) -> None:
    client.force_login(sit(make_user(), Role.EDITOR))

    answer = client.post("/segments/paying/refresh/cancel/")

    assert answer.status_code == 302


def test_an_archived_segment_is_not_refreshed(client: Client, paying: Segment) -> None:
    client.force_login(sit(make_user(), Role.EDITOR))
    Segment.objects.update(status=Status.ARCHIVED)

    assert client.post("/segments/paying/refresh/").status_code in (404, 410)
    assert not RefreshRun.objects.exists()


def test_opening_the_address_asks_for_nothing(client: Client, paying: Segment) -> None:
    client.force_login(sit(make_user(), Role.EDITOR))

    assert client.get("/segments/paying/refresh/").status_code == 405
    assert not RefreshRun.objects.exists()
