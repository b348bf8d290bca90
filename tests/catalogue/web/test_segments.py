from __future__ import annotations

import csv
import html
import io
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from catalogue import ports
from catalogue.definitions.parse import parse_definition
from catalogue.models import Status, Team
from tests.catalogue.web.reading import HTMX, words_of
from tests.catalogue.web.workspace import NOW, add_customers, make_segment, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def list_page(client: Client) -> Callable[..., str]:
    client.force_login(make_user("mia", first_name="Mia", last_name="Braun"))

    def get(query: str = "") -> str:
        with time_machine.travel(NOW + timedelta(hours=1), tick=False):
            answer = client.get(f"/segments/{query}")
        assert answer.status_code == 200
        return answer.text

    return get


def test_an_empty_catalogue_teaches_the_first_step(list_page: Callable[..., str]) -> None:
    page = list_page()

    assert "No segments yet" in page
    assert "manage.py segments apply" in page
    assert "make demo" in page
    assert "<table" not in page


def test_a_line_answers_who_whose_how_many_and_how_fresh(list_page: Callable[..., str]) -> None:
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


def test_a_segment_without_a_refresh_shows_no_number(list_page: Callable[..., str]) -> None:
    make_segment("fresh", status=Status.DRAFT)

    page = list_page()

    assert "not known yet" in page
    assert "Not refreshed yet" in page
    assert "Draft" in page


def test_a_late_refresh_is_said(list_page: Callable[..., str]) -> None:
    make_segment("paying", sizes=(5,), refresh={"every": 10, "unit": "minutes", "at": None})

    assert "refresh late by 50 minutes" in list_page()


def test_a_broken_segment_says_why_and_keeps_its_last_number(
    list_page: Callable[..., str],
) -> None:
    make_segment("paying", sizes=(5,), broken_reason="The segment “trial” it builds on is gone.")

    page = list_page()

    assert "Broken" in page
    assert "it builds on is gone" in page
    assert "<b>5</b>" in page


def test_archived_segments_are_not_listed(list_page: Callable[..., str]) -> None:
    make_segment("old", name="Old ones", status=Status.ARCHIVED)

    assert "Old ones" not in list_page()


def test_names_are_shown_as_written_never_run(list_page: Callable[..., str]) -> None:
    make_segment("odd", name="<script>alert(1)</script> & co")

    page = list_page()

    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; co" in page
    assert "<script>" not in page


def test_more_segments_do_not_take_more_queries(list_page: Callable[..., str]) -> None:
    add_customers(3)
    make_segment("first", sizes=(1, 2, 3))
    with CaptureQueriesContext(connection) as few:
        list_page()
    for number in range(12):
        make_segment(f"more-{number}", sizes=(1, 2, 3))
    with CaptureQueriesContext(connection) as many:
        list_page()

    assert len(many) == len(few) <= 20


def test_the_english_is_found_and_the_address_keeps_the_search(
    list_page: Callable[..., str],
) -> None:
    make_segment("paying", name="Paying customers")
    make_segment("buyers", name="Buyers", definition=parse_definition({"did": "order_paid"}))

    page = list_page("?q=order+paid")

    assert "1 of 2 segments" in words_of(page)
    assert 'href="/segments/buyers/"' in page
    assert 'href="/segments/paying/"' not in page
    assert 'value="order paid"' in page


def test_each_active_filter_can_be_taken_away_by_itself(list_page: Callable[..., str]) -> None:
    sales = Team.objects.create(slug="sales", name="Sales")
    make_segment("a", team=sales, models_used=["usage"])
    make_segment("b", models_used=["usage"])

    page = list_page("?team=sales&team=growth&model=usage&q=a")

    removals = re.findall(r'<a href="(\?[^"]*)" hx-get="\1" hx-target="#found"', page)
    assert {html.unescape(url) for url in removals} == {
        "?team=sales&team=growth&model=usage",
        "?team=growth&model=usage&q=a",
        "?team=sales&model=usage&q=a",
        "?team=sales&team=growth&q=a",
    }


def test_facets_offer_what_is_there_with_its_number(list_page: Callable[..., str]) -> None:
    sales = Team.objects.create(slug="sales", name="Sales")
    make_segment("a", team=sales)
    make_segment("b")
    make_segment("c")

    page = words_of(list_page("?team=sales"))

    assert "Team Growth 2 Sales 1" in page
    assert "1 of 3 segments" in page


def test_htmx_gets_the_results_alone_and_the_clean_address(client: Client) -> None:
    client.force_login(make_user())
    make_segment("paying")

    answer = client.get("/segments/?q=paying&team=&ordering=name", headers=HTMX)

    assert answer.text.lstrip().startswith('<div class="found" id="found"')
    assert "<html" not in answer.text
    assert answer.headers["HX-Push-Url"] == "/segments/?q=paying&ordering=name"
    assert "HX-Request" in answer.headers["Vary"]


def test_a_page_restored_from_the_history_is_whole(client: Client) -> None:
    client.force_login(make_user())

    answer = client.get("/segments/", headers={**HTMX, "HX-History-Restore-Request": "true"})

    assert "<html" in answer.text


def test_no_match_offers_near_names_and_ways_out(list_page: Callable[..., str]) -> None:
    make_segment("paying", name="Paying customers", models_used=["usage"])

    page = list_page("?q=payinq&model=usage")

    words = words_of(page)
    assert "No segment is all of that" in words
    assert "Did you mean Paying customers ?" in words
    # Without the model still nothing has these words; without the words one is left.
    assert re.search(r"Without “Words payinq” 1 segment\b", words)
    assert "Without “Model" not in words


def test_a_filter_that_cannot_be_understood_is_said(list_page: Callable[..., str]) -> None:
    make_segment("paying", name="Paying customers")

    words = words_of(list_page("?size__gte=many"))

    assert "Enter a number. That filter is left out." in words
    assert "Paying customers" in words


def test_the_file_holds_what_the_filters_leave(client: Client) -> None:
    client.force_login(make_user())
    make_segment(
        "paying", name="Paying customers", sizes=(20, 25), models_used=["usage", "drop_off"]
    )
    make_segment("other", name="Others")

    with time_machine.travel(NOW + timedelta(hours=1), tick=False):
        answer = client.get("/segments/?q=paying+customers&format=csv")

    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert "attachment" in answer.headers["Content-Disposition"]
    (line,) = csv.DictReader(io.StringIO(answer.text))
    assert (line["key"], line["people"], line["entered_7_days"]) == ("paying", "25", "5")
    assert line["english"] == "Plan is one of starter or pro"
    assert line["models"] == "usage, drop off"
    assert line["people_as_of"] == "2026-11-23T06:00:00+00:00"


def test_nothing_in_the_file_runs_as_a_formula(client: Client) -> None:
    client.force_login(make_user())
    make_segment("odd", name="=HYPERLINK(1)", owner_email="@tom")

    (line,) = csv.DictReader(io.StringIO(client.get("/segments/?format=csv").text))

    assert (line["name"], line["owner"]) == ("'=HYPERLINK(1)", "'@tom")


def test_long_lists_have_pages(list_page: Callable[..., str]) -> None:
    for number in range(53):
        make_segment(f"s-{number:02}", name=f"Segment {number:02}")

    page = list_page("?page=2&model=")

    assert "page 2 of 2" in page
    assert "Segment 52" in page
    assert "Segment 01" not in page


def test_a_row_of_the_list_says_what_the_matter_is_with_its_tools(
    list_page: Callable[..., str],
) -> None:
    make_segment("paying")
    before = list(ports._tool_states)
    state = ports.ToolState(
        destination="mailman",
        function="marketing",
        in_step_with=None,
        held=3,
        drift=2,
        as_of=NOW,
        text="",
    )
    ports.register_tool_states(lambda keys: dict.fromkeys(keys, [state]))
    try:
        words = words_of(list_page())
    finally:
        ports._tool_states[:] = before

    assert "0 of 1 mailman differs" in words
