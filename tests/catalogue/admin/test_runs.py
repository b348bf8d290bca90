"""Runs are watched, cancelled and asked for again."""

from __future__ import annotations

import pytest
from django.test import Client

from catalogue.models import RefreshRun, Role, RunState
from tests.catalogue.admin.ground import change_page, press
from tests.catalogue.segments.ground import seat, team
from tests.catalogue.web.reading import words_of
from tests.catalogue.web.writing import live
from tests.catalogue.workspace import define, load_workspace, refresh

pytestmark = pytest.mark.django_db


@pytest.fixture
def chief(client: Client) -> Client:
    team()
    client.force_login(seat("chief", Role.ADMIN))
    return client


def run_of(*keys: str, **fields: object) -> RefreshRun:
    return RefreshRun.objects.create(keys=list(keys), **fields)


def test_a_run_shows_how_far_it_is_and_what_came_out_per_segment(chief: Client) -> None:
    results = [
        {"key": "one", "size": 1250, "entered": 12, "left": 3, "version": 4, "milliseconds": 1.5},
        {"key": "two", "error": "The trait “plan” is gone."},
    ]
    run = run_of(
        "one", "two", state=RunState.RUNNING, progress_done=3, progress_total=8, results=results
    )

    page = chief.get(change_page(run)).text

    for words in ('max="8" value="3"', "3 of 8 scans", "1,250", "m4", "“plan” is gone"):
        assert words in page, words


def test_a_run_shows_what_each_scan_read_and_whether_the_self_check_differed(
    chief: Client,
) -> None:
    load_workspace()
    define("pros", {"any": [{"trait": "plan", "is": "pro"}, {"did": "login"}]})
    run = refresh("pros")
    check = {"segments": 2, "different": [], "milliseconds": 1250}

    page = words_of(chief.get(change_page(run)).text)
    RefreshRun.objects.filter(pk=run.pk).update(check_result=check)
    same = words_of(chief.get(change_page(run)).text)
    RefreshRun.objects.filter(pk=run.pk).update(check_result={**check, "different": ["pros"]})
    differs = words_of(chief.get(change_page(run)).text)

    assert "the trait “plan” the newest values 1" in page
    assert "“login” counted 2 3" in page  # lately, for a measure, too
    assert "Not judged a second time" in page
    assert "2 definitions judged again from nothing in 1,250 ms: the same members" in same
    assert "Differs: what was remembered gave other members" in differs
    assert "judging from nothing for pros" in differs


def test_a_run_that_waits_never_begins_and_one_that_runs_is_asked_to_stop(chief: Client) -> None:
    live("one")
    waiting, running = run_of("one"), run_of("one", state=RunState.RUNNING)

    assert "before it began" in press(chief, waiting, "cancel").text
    assert "asked to stop" in press(chief, running, "cancel").text

    assert RefreshRun.objects.get(pk=waiting.pk).state == RunState.CANCELLED
    assert RefreshRun.objects.get(pk=running.pk).cancel_asked


def test_a_run_that_is_over_is_asked_for_again_not_cancelled(chief: Client) -> None:
    live("one")
    failed = run_of("one", state=RunState.FAILED, error="The disk was full.")

    page = press(chief, failed, "retry").text

    assert "was asked for" in page
    again = RefreshRun.objects.exclude(pk=failed.pk).get()
    assert (again.keys, again.state) == (["one"], RunState.QUEUED)
    assert press(chief, failed, "cancel").status_code == 403


def test_a_run_whose_segment_was_archived_says_so_instead_of_failing(chief: Client) -> None:
    segment = live("one")
    failed = run_of("one", state=RunState.FAILED)
    segment.status = "archived"
    segment.save()

    assert "is archived: it is not refreshed any more" in press(chief, failed, "retry").text
    assert RefreshRun.objects.count() == 1
