"""The first page names what waits, and leads to each of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalogue.models import RefreshRun, Role, RunState, Segment, User
from catalogue.segments.documents import token_of
from catalogue.segments.editing import save_draft
from integrations.models import Destination
from tests.catalogue.admin.ground import add_list, change_page
from tests.catalogue.segments.ground import changed, seat, team
from tests.catalogue.web.writing import live

pytestmark = pytest.mark.django_db


@pytest.fixture
def chief(client: Client) -> Client:
    team()
    seat("mia", None)
    client.force_login(seat("chief", Role.ADMIN))
    return client


def test_with_nothing_to_do_it_says_so(chief: Client) -> None:
    page = chief.get("/admin/").text
    for words in ("No draft waits", "Every segment has an owner", "None in the last 7 days"):
        assert words in page


def test_everything_that_waits_is_named_with_its_reason_and_linked(chief: Client) -> None:
    with time_machine.travel(timezone.now() - timedelta(days=31)):
        segment = live("one", name="One", review={"every": "30 days"})
    save_draft(
        key="one",
        document=changed(segment, why="More."),
        token=token_of(segment),
        by=User.objects.get(username="chief"),
        via="web",
    )
    failed = RefreshRun.objects.create(state=RunState.FAILED, error="The disk is full.")
    live("two", name="Two", owner="gone@fieldnote.example")
    tool = Destination.objects.create(key="drop", connector="files")
    add_list(Segment.objects.get(key="one"), tool, state="failed")

    page = chief.get("/admin/").text

    for words in (
        "One d2",
        "by Chief",
        "The disk is full.",
        change_page(failed),
        "gone@fieldnote.example has no login",
        "One in drop",
        "/segments/one/publish/",
        f"{change_page(segment)}#review",
    ):
        assert words in page, words


def test_what_is_private_to_another_team_does_not_wait_for_others(chief: Client) -> None:
    hidden = live("one", name="Hidden ones", owner="nobody@x.example")
    Segment.objects.filter(pk=hidden.pk).update(team=team("sales"), is_private=True, status="draft")
    assert "Hidden ones" not in chief.get("/admin/").text


def test_failures_of_long_ago_are_history(chief: Client) -> None:
    run = RefreshRun.objects.create(state=RunState.FAILED, error="Long ago.")
    RefreshRun.objects.filter(pk=run.pk).update(created_at=timezone.now() - timedelta(days=8))
    assert "Long ago." not in chief.get("/admin/").text


def test_more_segments_do_not_take_more_queries(chief: Client) -> None:
    live("one", owner="nobody@x.example")
    chief.get("/admin/")
    with CaptureQueriesContext(connection) as few:
        chief.get("/admin/")
    for number in range(10):
        live(f"more-{number}", owner="nobody@x.example")
    with CaptureQueriesContext(connection) as many:
        chief.get("/admin/")
    assert len(many) == len(few)
