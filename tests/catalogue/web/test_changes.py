"""The log of changes: what it says, to whom, how it is narrowed, and what is new in it."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from catalogue.models import (
    Draft,
    EventEntry,
    PropertyEntry,
    Role,
    Status,
    Team,
    TeamMember,
    TraitEntry,
    User,
)
from tests.catalogue.web.log import Page, acts, note, page_of
from tests.catalogue.web.reading import HTMX, words_of
from tests.catalogue.web.workspace import NOW, make_segment, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def viewer() -> User:
    return make_user("nora", first_name="Nora", last_name="Lind")


@pytest.fixture
def log(client: Client, viewer: User) -> Page:
    return page_of(client, viewer)


def test_an_empty_log_says_what_will_stand_here(log: Page) -> None:
    assert "Nothing has been changed yet" in log()


def test_a_line_says_who_did_what_to_what_why_from_where_and_when(log: Page) -> None:
    lena = make_user("lena", first_name="Lena", last_name="Vogt")
    leads = make_segment("leads", name="Mid-size leads")
    note(
        "segment.published",
        segment=leads,
        user=lena,
        message="The contract is signed.",
        details={"definition": [1, 2], "fields": {"why": ["They buy.", "They buy more."]}},
    )

    text = log()

    (line,) = acts(text)
    assert line.startswith("06:00 UTC Web Lena Vogt published “Mid-size leads” as d2")
    assert "The contract is signed." in line
    assert "1 field: why" in line
    assert line.index("before They buy.") < line.index("after They buy more.")
    assert 'href="/segments/leads/"' in text
    assert 'href="/segments/leads/diff/1..2/"' in text
    assert '<details class="act-fields">' in text
    assert "Today, Monday 23 November 2026" in words_of(text)


def test_days_are_headed_the_newest_first(log: Page) -> None:
    first = make_segment("first")
    note("segment.created", at=NOW - timedelta(days=3), segment=first)
    note("segment.edited", at=NOW - timedelta(days=1), segment=first)
    note("segment.archived", at=NOW, segment=first)

    said = words_of(log())

    headings = ["Today, Monday 23", "Yesterday, Sunday 22", "Friday 20 November 2026"]
    places = [said.index(heading) for heading in headings]
    assert places == sorted(places)
    assert said.index("archived “First”") < places[1] < said.index("changed “First”")


def test_a_draft_is_compared_only_while_it_waits(log: Page) -> None:
    leads = make_segment("leads")
    note("segment.drafted", segment=leads, details={"definition": [1, 2]})
    assert "/segments/leads/diff/" not in log()

    Draft.objects.create(segment=leads, document={}, base="x", base_number=1)

    assert 'href="/segments/leads/diff/1..draft/"' in log()


def test_an_archived_segment_names_what_to_use_instead_if_that_may_be_seen(log: Page) -> None:
    old = make_segment("old", status=Status.ARCHIVED)
    make_segment("new", name="New ones")
    make_segment(
        "secret",
        name="Secret ones",
        status=Status.DRAFT,
        is_private=True,
        team=Team.objects.create(slug="sales", name="Sales"),
    )
    note("segment.archived", segment=old, details={"replacement": "new"})
    note("segment.archived", segment=old, details={"replacement": "secret"})

    text = log()

    assert "Use “New ones” instead." in words_of(text)
    assert "Secret ones" not in text
    assert "secret" not in text


def test_words_of_the_dictionary_are_named_and_linked(log: Page) -> None:
    TraitEntry.objects.create(name="a.b/c", label="Size, of the company")
    TraitEntry.objects.create(name="tier", subject="account")
    order = EventEntry.objects.create(name="order.paid")
    PropertyEntry.objects.create(event=order, name="amount.net", label="Amount")
    note("trait.described", object_key="a.b/c")
    note("trait.described", object_key="account.tier")
    note("property.described", object_key="order.paid.amount.net")
    note("event.described", object_key="gone")

    text = log()

    said = words_of(text)
    assert "described the trait “Size, of the company”" in said
    assert "described the trait “Tier of accounts”" in said
    assert "described the property “Amount of Order.paid”" in said
    assert "described the event “gone”" in said
    assert 'href="/dictionary/traits/a.b/c/"' in text
    assert 'href="/dictionary/traits/tier/?subject=account"' in text
    assert 'href="/dictionary/events/order.paid/"' in text


def test_names_and_messages_are_shown_as_written_never_run(log: Page) -> None:
    odd = make_segment("odd", name="<script>alert(1)</script>")
    note("segment.edited", segment=odd, message="<b>bold</b>", actor="<i>it</i>")

    text = log()

    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert "&lt;b&gt;bold&lt;/b&gt;" in text
    assert "<script>alert" not in text


def test_seats_and_keys_are_in_the_log_of_admins_alone(client: Client, log: Page) -> None:
    leads = make_segment("leads")
    seated = {"fields": {"Tom Becker": [None, "Editor"]}}
    note("team.seat_given", team=leads.team, details=seated)
    note("login.created", object_key="tom")

    assert "Nothing has been changed yet" in log()

    chief = make_user("chief")
    TeamMember.objects.create(team=leads.team, user=chief, role=Role.ADMIN)
    client.force_login(chief)
    said = words_of(log())
    assert "gave Tom Becker a seat in the team “Growth” as Editor" in said
    assert "made the login" not in said


def test_each_filter_narrows_is_counted_and_is_a_chip(log: Page) -> None:
    lena, tom = make_user("lena", first_name="Lena"), make_user("tom", first_name="Tom")
    leads, trials = make_segment("leads"), make_segment("trials")
    sales = make_segment("deals", team=Team.objects.create(slug="sales", name="Sales"))
    note("segment.created", segment=leads, via="file")
    note("segment.edited", segment=leads, user=lena, at=NOW - timedelta(days=10))
    note("segment.edited", segment=trials, user=tom)
    note("segment.published", segment=sales, user=tom)

    found = {
        query: len(acts(log(query)))
        for query in (
            "?kind=segment.edited",
            "?kind=segment.edited&kind=segment.created",
            "?team=sales",
            "?team=growth&kind=segment.edited",
            "?segment=leads",
            "?person=tom",
            "?person=the command line",
            "?via=file",
            "?since=2026-11-23",
            "?since=2026-11-13",
            "?person=nobody-like-this",
        )
    }

    assert found == {
        "?kind=segment.edited": 2,
        "?kind=segment.edited&kind=segment.created": 3,
        "?team=sales": 1,
        "?team=growth&kind=segment.edited": 2,
        "?segment=leads": 2,
        "?person=tom": 2,
        "?person=the command line": 1,
        "?via=file": 1,
        "?since=2026-11-23": 3,
        "?since=2026-11-13": 4,
        "?person=nobody-like-this": 0,
    }
    said = words_of(log("?person=tom"))
    assert "2 of 4 changes" in said
    assert "Remove the filter Who Tom" in said
    # What choosing would show: of the two by Tom one was an edit, one was of Sales.
    assert "Segment changed 1" in said
    assert "Sales 1" in said
    assert "Lena 1" in said  # of the other people, all are counted


def test_a_filter_that_is_not_understood_is_left_out_and_said(log: Page) -> None:
    leads = make_segment("leads")
    note("segment.edited", segment=leads)

    for query in ("?via=pigeon", "?since=yesterday", "?kind=x", "?team=nobody", "?segment=none"):
        text = log(query)
        assert "That filter is left out" in text, query
        assert len(acts(text)) == 1, query


def test_a_segment_that_is_not_there_for_somebody_cannot_be_asked_for(log: Page) -> None:
    hidden = make_segment(
        "secret",
        name="Secret ones",
        status=Status.DRAFT,
        is_private=True,
        team=Team.objects.create(slug="sales", name="Sales"),
    )
    note("segment.created", segment=hidden)
    note("segment.created", segment=make_segment("leads"))

    def said(query: str) -> str:
        # Without what differs from answer to answer: the tokens of forms.
        return re.sub(r"secret|missing|(?<=value=\")\w{64}", "x", log(query))

    assert said("?segment=secret") == said("?segment=missing")
    assert "Secret ones" not in log()
    assert len(acts(log())) == 1


def test_long_logs_are_read_on_without_a_line_twice_or_lost(log: Page) -> None:
    leads = make_segment("leads")
    for number in range(120):
        note("segment.edited", segment=leads, message=f"change {number}.")

    read: list[str] = []
    address = ""
    newest = log()
    text = newest
    while True:
        read += re.findall(r"change (\d+)\.", text)
        older = re.search(r'rel="next" href="([^"]+)"', text)
        if older is None:
            break
        address = older[1].replace("&amp;", "&")
        note("segment.edited", segment=leads, message="meanwhile")  # does not move what follows
        text = log(address)

    assert [int(number) for number in read] == list(reversed(range(120)))
    newer = re.search(r'rel="prev" href="([^"]+)"', text)
    assert newer is not None
    back = log(newer[1].replace("&amp;", "&"))
    assert re.findall(r"change (\d+)\.", back) == [str(n) for n in reversed(range(20, 70))]


@pytest.mark.parametrize(
    "query", ["?before=x", "?after=-1", "?before=99999", "?before=" + "9" * 30]
)
def test_a_place_in_the_log_that_is_none_shows_the_newest(log: Page, query: str) -> None:
    note("segment.edited", segment=make_segment("leads"))
    assert len(acts(log(f"?{query}"))) == 1


def test_before_the_first_line_there_is_a_way_back(log: Page) -> None:
    change = note("segment.edited", segment=make_segment("leads"))
    text = log(f"?before={change.pk}")
    assert acts(text) == []
    assert "Show the newest changes" in text


def test_htmx_is_given_the_list_alone_and_its_address(client: Client, log: Page) -> None:
    note("segment.edited", segment=make_segment("leads"))
    answer = client.get("/changes/?via=web&team=&since=", headers=HTMX)
    assert answer.text.lstrip().startswith('<div class="found" id="found"')
    assert answer["HX-Push-Url"] == "/changes/?via=web"
    assert "HX-Request" in answer["Vary"]


def test_more_changes_do_not_take_more_queries(client: Client, log: Page) -> None:
    def add(count: int, start: int = 0) -> None:
        for number in range(start, start + count):
            segment = make_segment(f"s{number}")
            note("segment.edited", segment=segment, user=make_user(f"u{number}"))
            note("segment.archived", segment=segment, details={"replacement": segment.key})
            TraitEntry.objects.create(name=f"t{number}")
            note("trait.described", object_key=f"t{number}")

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            log()
        return len(queries)

    add(2)
    few = count()
    add(12, start=2)

    assert count() == few <= 30
