"""Whom the segments reach, on a page."""

from __future__ import annotations

import pytest
from django.test import Client

from catalogue.lint.keeping import look_at_everything
from tests.catalogue.segments.ground import FREE, PROS, live_segment
from tests.catalogue.web.reading import words_of
from tests.catalogue.web.workspace import make_user
from tests.catalogue.workspace import NOW, refresh

pytestmark = pytest.mark.django_db
GOAL = {"event": "purchase", "within": "14 days"}
LOGGED_IN = {"did": "login"}


@pytest.fixture
def signed_in(client: Client) -> Client:
    client.force_login(make_user("nora", first_name="Nora"))
    return client


def test_before_the_first_look_the_page_says_when_there_will_be_one(signed_in: Client) -> None:
    assert "Nobody has looked yet" in words_of(signed_in.get("/coverage/").text)


def test_the_page_says_who_is_in_none_and_who_is_told_two_things(signed_in: Client) -> None:
    live_segment("pros", definition=PROS, messages={"sales": "Renew now."})
    live_segment(
        "users", name="Users", definition=LOGGED_IN, messages={"sales": "Invite a friend."}
    )
    live_segment("free", name="Free", definition=FREE, messages={"marketing": "Upgrade."})
    refresh(now=NOW)
    look_at_everything(now=NOW)
    page = words_of(signed_in.get("/coverage/").text)
    # pros: ada, cleo; users: ada, bob, eve; free: bob, eve; dan is in none.
    assert "3 live segments over 5 customers" in page
    assert "none 1 20.0%" in page
    assert "Sales Told two things 1 customer Pros and Users 1 in both" in page
    assert "Marketing One message each" in page


def test_a_purpose_leads_to_the_segments_for_it(signed_in: Client) -> None:
    live_segment("pros", definition=PROS, goal=GOAL, messages={"sales": "Hi."})
    live_segment("free", name="Free", definition=FREE)
    page = signed_in.get("/coverage/").text
    assert '<option value="purchase">Purchase</option>' in page
    found = words_of(signed_in.get("/segments/?goal=purchase&function=sales&q=").text)
    assert "1 of 2 segments" in found
