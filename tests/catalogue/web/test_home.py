from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from catalogue.models import Draft, Notice, Role, Segment, Team, TeamMember, User, Via
from catalogue.notices.telling import notify
from catalogue.segments.changes import record
from tests.catalogue.web.reading import words_of
from tests.catalogue.web.workspace import NOW, make_segment, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def mia(client: Client) -> User:
    user = make_user("mia", first_name="Mia", last_name="Braun", email="mia@x.example")
    team, _ = Team.objects.get_or_create(slug="growth", defaults={"name": "Growth"})
    TeamMember.objects.create(team=team, user=user, role=Role.EDITOR)
    client.force_login(user)
    return user


def home(client: Client) -> str:
    with time_machine.travel(NOW + timedelta(hours=1), tick=False):
        answer = client.get("/")
    assert answer.status_code == 200
    return words_of(answer.text)


def test_a_stranger_is_told_what_this_is(client: Client) -> None:
    make_segment("secret-plan", name="Secret plan")

    page = home(client)

    assert "Who are they, and does every tool know?" in page
    assert "Secret plan" not in page


def test_when_nothing_needs_somebody_it_says_so(client: Client, mia: User) -> None:
    make_segment("paying", name="Paying customers", sizes=(20, 25))

    page = home(client)

    assert "Nothing needs you" in page
    assert "1 of 1 live segments hold fresh numbers" in page
    assert "Paying customers 25" in page


def test_what_needs_somebody_has_a_reason_and_one_button(client: Client, mia: User) -> None:
    make_segment("paying", name="Paying", sizes=(5,), broken_reason="Its base “trial” is gone.")
    busy = make_segment("busy", name="Busy", sizes=(5,))
    Draft.objects.create(segment=busy, document={}, base="x", base_number=1, created_by=mia)

    page = home(client)

    assert "Two things need you" in page
    assert page.index("Paying is not refreshed any more") < page.index("Your change to Busy waits")
    assert "Its base “trial” is gone. Last good number: 23 Nov 2026, 06:00 UTC" in page
    assert "It would become d2; saved" in page
    buttons = client.get("/").text
    assert 'href="/segments/paying/definition/">Look at the definition' in buttons
    assert 'href="/segments/busy/publish/">See what it would do' in buttons


def test_what_others_changed_is_told_until_it_was_seen(client: Client, mia: User) -> None:
    tom = make_user("tom", first_name="Tom", last_name="Becker")
    paying = make_segment("paying", name="Paying")
    with time_machine.travel(NOW - timedelta(days=1), tick=False):
        record(
            "segment.published",
            segment=paying,
            by=tom,
            via=Via.WEB,
            message="Fewer seats",
            details={"definition": [2, 3]},
        )
        record("segment.edited", segment=paying, by=mia, via=Via.WEB)

    assert "“Fewer seats”" in home(client)
    assert "Tom Becker" in home(client)
    assert "Mia Braun edited" not in home(client)

    answer = client.post("/changes/seen/", {"until": (NOW - timedelta(days=1)).isoformat()})

    assert answer.headers["Location"] == "/"
    assert "Nobody else changed anything" in home(client)


def test_looking_alone_marks_nothing_as_seen(client: Client, mia: User) -> None:
    home(client)

    mia.refresh_from_db()
    assert mia.seen_changes_at is None


def test_the_first_visit_teaches_what_to_do(client: Client, mia: User) -> None:
    assert "You own no segment yet" in home(client)

    TeamMember.objects.update(role=Role.VIEWER)
    assert "ask an admin of its team for a seat as editor" in home(client)


def test_more_segments_do_not_take_more_queries(client: Client, mia: User) -> None:
    make_segment("first", sizes=(1, 2))
    with CaptureQueriesContext(connection) as few:
        home(client)
    for number in range(6):
        make_segment(f"more-{number}", sizes=(1, 2), broken_reason="gone")
    assert Segment.objects.count() == 7
    with CaptureQueriesContext(connection) as many:
        home(client)

    assert len(many) == len(few) <= 30


def test_an_alert_stands_there_until_it_is_marked_as_seen(client: Client, mia: User) -> None:
    told = notify(mia, reason="The sky <b>fell</b>.", link="/runs/7/")
    notify(make_user("rob"), reason="Robs own.", link="/")

    answer = client.get("/")
    assert "Alerts newest first The sky <b>fell</b>. Look into it" in words_of(answer.text)
    assert 'href="/runs/7/"' in answer.text
    assert "Robs own" not in answer.text

    address = f'action="/notices/{told.pk}/seen/"'
    assert address in answer.text
    assert client.post(f"/notices/{told.pk}/seen/").status_code == 302
    page = client.get("/").text
    assert "The alert is marked as seen" in page
    assert "sky" not in page


def test_an_alert_of_somebody_else_is_not_there(client: Client, mia: User) -> None:
    theirs = notify(make_user("rob"), reason="Robs own.", link="/")
    for number in (theirs.pk, 0, 10**40):
        assert client.post(f"/notices/{number}/seen/").status_code == 404
    assert Notice.objects.get().seen_at is None


def test_the_newest_alerts_are_shown_and_that_there_are_older_ones(
    client: Client, mia: User
) -> None:
    for number in range(9):
        notify(mia, reason=f"Alarm {number}.", link="/")

    page = home(client)

    assert "Alarm 8." in page
    assert "Alarm 0." not in page
    assert "There are older ones" in page
