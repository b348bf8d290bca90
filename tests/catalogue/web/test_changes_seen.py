"""The log of changes: what is new in it since somebody last looked, and marking it as seen."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from catalogue.models import (
    User,
)
from tests.catalogue.web.log import LATER, Page, acts, note, page_of
from tests.catalogue.web.reading import words_of
from tests.catalogue.web.workspace import NOW, make_segment, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def viewer() -> User:
    return make_user("nora", first_name="Nora", last_name="Lind")


@pytest.fixture
def log(client: Client, viewer: User) -> Page:
    return page_of(client, viewer)


def test_what_others_did_since_the_last_visit_is_new(log: Page, viewer: User) -> None:
    leads = make_segment("leads")
    note("segment.created", segment=leads, at=NOW - timedelta(days=2))
    assert "You have not looked at the changes before" in log()

    User.objects.filter(pk=viewer.pk).update(seen_changes_at=NOW - timedelta(days=1))
    assert "Nothing is new" in log()

    note("segment.edited", segment=leads)
    note("segment.archived", segment=leads)
    note("segment.unarchived", segment=leads, user=viewer)
    text = log()
    assert "2 changes are new since your last visit, 22 Nov 2026, 06:00 UTC" in words_of(text)
    assert sum(line.count("New") for line in acts(text)) == 2

    since = re.search(r'href="(\?since=[^"]+)">Show what happened since', text)
    assert since is not None
    assert len(acts(log(since[1]))) == 3


def test_marking_all_as_seen_ends_the_news(client: Client, log: Page, viewer: User) -> None:
    User.objects.filter(pk=viewer.pk).update(seen_changes_at=NOW - timedelta(days=1))
    leads = make_segment("leads")
    note("segment.edited", segment=leads)
    text = log()
    until = re.search(r'name="until" value="([^"]+)"', text)
    assert until is not None
    note("segment.edited", segment=leads, at=LATER + timedelta(minutes=5))

    for _ in range(2):  # sent twice it does the same
        with time_machine.travel(LATER + timedelta(minutes=10), tick=False):
            answer = client.post(
                "/changes/seen/", {"until": until[1], "from-changes": "1"}, follow=True
            )
        assert answer.redirect_chain == [("/changes/", 302)]

    viewer.refresh_from_db()
    assert viewer.seen_changes_at == LATER
    # What was done after the page was shown stays new.
    assert "1 change is new" in words_of(answer.text)


def test_seen_never_goes_back_nor_beyond_now(client: Client, log: Page, viewer: User) -> None:
    User.objects.filter(pk=viewer.pk).update(seen_changes_at=NOW)
    for until in ("2020-01-01T00:00:00+00:00", "2099-01-01T00:00:00+00:00"):
        with time_machine.travel(LATER, tick=False):
            assert client.post("/changes/seen/", {"until": until}).status_code == 302
        viewer.refresh_from_db()
        assert viewer.seen_changes_at == (NOW if until < "2021" else LATER)


@pytest.mark.parametrize(
    "until", ["", "yesterday", "2026-11-23", "2026-11-23T06:00", "2026-99-99T00:00Z"]
)
def test_without_an_instant_nothing_is_marked_and_it_is_said(
    client: Client, log: Page, viewer: User, until: str
) -> None:
    answer = client.post("/changes/seen/", {"until": until})
    assert answer.status_code == 400
    assert "Load the changes again" in answer.text
    viewer.refresh_from_db()
    assert viewer.seen_changes_at is None


def test_marking_needs_a_post_and_a_login(client: Client, viewer: User) -> None:
    for path in ("/changes/", "/changes/seen/"):
        assert client.get(path)["Location"] == f"/login/?next={path}"
    assert client.post("/changes/seen/", {"until": NOW.isoformat()}).status_code == 302
    client.force_login(viewer)
    assert client.get("/changes/seen/").status_code == 405
    viewer.refresh_from_db()
    assert viewer.seen_changes_at is None
