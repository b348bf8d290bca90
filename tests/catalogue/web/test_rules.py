"""The rules, and what each segment lacks, on pages."""

from __future__ import annotations

import pytest
from django.test import Client

from catalogue.lint.keeping import look_at_everything
from catalogue.lint.rules import RULES
from tests.catalogue.segments.ground import FREE, PROS, live_segment
from tests.catalogue.web.reading import words_of
from tests.catalogue.web.workspace import make_user
from tests.catalogue.workspace import NOW, refresh

pytestmark = pytest.mark.django_db
GOAL = {"event": "purchase", "within": "14 days"}


@pytest.fixture
def signed_in(client: Client) -> Client:
    client.force_login(make_user("nora", first_name="Nora"))
    live_segment("pros", definition=PROS, goal=GOAL)
    live_segment("free", name="Free", definition=FREE)
    refresh(now=NOW)
    return client


def test_every_rule_stands_with_how_many_segments_do_not_keep_it(signed_in: Client) -> None:
    assert "Nobody has looked yet" in words_of(signed_in.get("/rules/").text)
    look_at_everything(now=NOW)
    page = signed_in.get("/rules/").text
    for rule in RULES:
        assert f'id="{rule.code}"' in page
    assert "2 segments, on average" in words_of(page)
    found = words_of(signed_in.get("/segments/?finding=SEG001").text)
    assert "1 of 2 segments" in found


def test_a_segment_shows_its_score_and_what_to_do(signed_in: Client) -> None:
    assert "Nobody has looked yet" in words_of(signed_in.get("/segments/free/").text)
    look_at_everything(now=NOW)
    page = words_of(signed_in.get("/segments/free/").text)
    assert "It names no goal that its people should reach." in page
    assert "Say which event they should reach" in page
    assert "100, less the weight of each finding" in page


def test_the_list_is_sorted_by_health(signed_in: Client) -> None:
    look_at_everything(now=NOW)
    page = signed_in.get("/segments/?ordering=health").text
    assert page.index(">Free<") < page.index(">Pros<")
