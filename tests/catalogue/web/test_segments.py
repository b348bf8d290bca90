from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from catalogue.models import Status
from tests.catalogue.web.workspace import NOW, add_customers, make_segment, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def list_page(client: Client) -> Callable[[], str]:
    client.force_login(make_user("mia", first_name="Mia", last_name="Braun"))

    def get() -> str:
        with time_machine.travel(NOW + timedelta(hours=1), tick=False):
            answer = client.get("/segments/")
        assert answer.status_code == 200
        return answer.text

    return get


def test_an_empty_catalogue_teaches_the_first_step(list_page: Callable[[], str]) -> None:
    page = list_page()

    assert "No segments yet" in page
    assert "manage.py segments apply" in page
    assert "make demo" in page
    assert "<table" not in page


def test_a_line_answers_who_whose_how_many_and_how_fresh(list_page: Callable[[], str]) -> None:
    make_segment(
        "paying",
        name="Paying customers",
        sizes=(1000, 1100, 1250),
        owner_email="tom@fieldnote.example",
        models_used=["plan_status", "usage"],
        refresh={"every": 6, "unit": "hours", "at": None},
    )

    page = list_page()

    for words in (
        'href="/segments/paying/"',
        "Paying customers",
        "starter",
        "tom@fieldnote.example",
        "Growth",
        "plan status, usage",
        "<b>1,250</b>",
        "+150 −0 in 7 days",
        "23 Nov 2026, 06:00 UTC",
        'aria-label="3 weeks: 1,000 to 1,250, up 25%"',
        "Live",
        "On time",
        "every 6 hours",
    ):
        assert words in page, words


def test_a_segment_without_a_refresh_shows_no_number(list_page: Callable[[], str]) -> None:
    make_segment("fresh", status=Status.DRAFT)

    page = list_page()

    assert "not known yet" in page
    assert "Not refreshed yet" in page
    assert "Draft" in page


def test_a_late_refresh_is_said(list_page: Callable[[], str]) -> None:
    make_segment("paying", sizes=(5,), refresh={"every": 10, "unit": "minutes", "at": None})

    assert "refresh late by 50 minutes" in list_page()


def test_a_broken_segment_says_why_and_keeps_its_last_number(
    list_page: Callable[[], str],
) -> None:
    make_segment("paying", sizes=(5,), broken_reason="The segment “trial” it builds on is gone.")

    page = list_page()

    assert "Broken" in page
    assert "it builds on is gone" in page
    assert "<b>5</b>" in page


def test_archived_segments_are_not_listed(list_page: Callable[[], str]) -> None:
    make_segment("old", name="Old ones", status=Status.ARCHIVED)

    assert "Old ones" not in list_page()


def test_names_are_shown_as_written_never_run(list_page: Callable[[], str]) -> None:
    make_segment("odd", name="<script>alert(1)</script> & co")

    page = list_page()

    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; co" in page
    assert "<script>" not in page


def test_more_segments_do_not_take_more_queries(list_page: Callable[[], str]) -> None:
    add_customers(3)
    make_segment("first", sizes=(1, 2, 3))
    with CaptureQueriesContext(connection) as few:
        list_page()
    for number in range(12):
        make_segment(f"more-{number}", sizes=(1, 2, 3))
    with CaptureQueriesContext(connection) as many:
        list_page()

    assert len(many) == len(few) <= 8
