"""The dictionary: what is known of each word, who uses it, and how it is found."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from catalogue.definitions.parse import parse_definition
from catalogue.models import EventEntry, Segment, Status, Team, TraitEntry
from tests.catalogue.web.reading import HTMX, words_of
from tests.catalogue.web.vocabulary import make_event, make_trait, take_photo
from tests.catalogue.web.workspace import make_segment, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def dictionary(client: Client) -> Any:
    client.force_login(make_user("nora"))

    def get(query: str = "") -> str:
        answer = client.get(f"/dictionary/{query}")
        assert answer.status_code == 200
        return answer.text

    return get


def using(key: str, *conditions: dict[str, Any], **fields: Any) -> Segment:
    """A segment with these conditions, all of which must hold."""
    tree = parse_definition({"all": list(conditions)})
    return make_segment(key, definition=tree, **fields)


def row(text: str, name: str) -> str:
    """The line of a word, as it is read."""
    rows = re.findall(r"<tr>.*?</tr>", text, re.DOTALL)
    (found,) = [one for one in rows if f">{name}</code>" in one]
    return words_of(found)


def names(text: str) -> list[str]:
    return re.findall(r'<code class="block meta anywhere">(.*?)</code>', text)


def test_an_empty_dictionary_says_where_words_come_from(dictionary: Any) -> None:
    said = words_of(dictionary())
    assert "Nothing is known yet" in said
    assert "manage.py load customers" in said


def test_a_trait_is_shown_with_meaning_type_missing_share_and_who_uses_it(dictionary: Any) -> None:
    take_photo()
    make_trait("plan", label="Plan", description="What they pay for.", null_share=0.137)
    make_trait("seats", "text", stated_type="number", null_share=0.004)
    make_trait("nps")
    using("paying", {"trait": "plan", "is": "pro"}, name="Paying ones")
    using("free", {"not": {"trait": "plan", "is": "free"}}, name="Free ones")

    text = dictionary()

    plan = row(text, "plan")
    assert plan.startswith("Plan plan What they pay for. Text as the values look 14 %")
    assert plan.endswith("Free ones Paying ones")
    assert "Number stated" in row(text, "seats")
    assert "under 1 %" in row(text, "seats")
    nps = row(text, "nps")
    assert nps.startswith("Nps nps")
    assert "not known yet" in nps
    assert nps.endswith("Unused")
    assert "exact · as of 23 Nov 2026, 05:30 UTC" in words_of(text)


def test_an_event_is_shown_with_how_many_when_last_and_who_uses_it(dictionary: Any) -> None:
    last = datetime(2026, 11, 22, 18, 40, tzinfo=UTC)
    make_event("order_paid", event_count=9028, last_at=last)
    make_event("never_seen")
    using("buyers", {"did": "order_paid", "in_last": "30 days"}, name="Buyers")
    make_segment("aims", name="Aiming ones", goal={"event": "order_paid", "within": "14 days"})

    text = dictionary()

    paid = row(text, "order_paid")
    assert paid.startswith("Order paid order_paid 9,028")
    assert "22 Nov 2026, 18:40 UTC" in paid
    assert paid.endswith("Buyers goal of Aiming ones")
    assert row(text, "never_seen").endswith("Unused")


def test_an_event_that_is_only_the_goal_of_a_segment_is_used(dictionary: Any) -> None:
    make_event("order_paid")
    make_segment("aims", name="Aiming ones", goal={"event": "order_paid"})
    assert row(dictionary(), "order_paid").endswith("goal of Aiming ones")
    assert names(dictionary("?unused=true")) == []


def test_an_event_meant_by_how_it_begins_is_used(dictionary: Any) -> None:
    make_event("test_started")
    make_event("contest")
    using("testers", {"did": "test_*", "in_last": "30 days"}, name="Testers")
    assert row(dictionary(), "test_started").endswith("Testers")
    assert row(dictionary(), "contest").endswith("Unused")


def test_archived_and_hidden_segments_use_nothing(dictionary: Any) -> None:
    make_trait("plan")
    make_trait("role")
    using("old", {"trait": "plan", "is": "pro"}, status=Status.ARCHIVED)
    sales = Team.objects.create(slug="sales", name="Sales")
    using("x", {"trait": "role", "is": "a"}, status=Status.DRAFT, is_private=True, team=sales)
    assert row(dictionary(), "plan").endswith("Unused")
    assert row(dictionary(), "role").endswith("Unused")


def test_traits_of_accounts_stand_apart_from_those_of_customers(dictionary: Any) -> None:
    make_trait("tier")
    make_trait("tier", subject="account", description="Of the company.")
    using("gold", {"trait": "tier", "is": "gold"}, name="Gold")

    rows = re.findall(r"<tr>.*?</tr>", dictionary(), re.DOTALL)
    account, customer = sorted((one for one in rows if "tier</code>" in one), key=words_of)

    assert "Tier accounts tier Of the company." in words_of(account)
    assert words_of(account).endswith("Unused")
    assert 'href="/dictionary/traits/tier/?subject=account"' in account
    assert words_of(customer).endswith("Gold")
    assert 'href="/dictionary/traits/tier/"' in customer


def test_words_are_found_in_name_label_and_meaning_and_filters_narrow(dictionary: Any) -> None:
    make_trait("plan", label="Tarif")
    make_trait("trial_ends_at", "date", description="Läuft ab.")
    make_trait("seats", "text", stated_type="number")
    make_event("plan_changed")
    using("trials", {"trait": "trial_ends_at", "in_next": "3 days"})

    found = {
        query: sorted(names(dictionary(query)))
        for query in (
            "?q=PLAN",
            "?q=tarif",
            "?q=trial ends",
            "?q=LÄUFT",
            "?q=nothing",
            "?type=date",
            "?type=number",
            "?type=text",
            "?unused=true",
            "?unused=false",
            "?kind=events",
            "?kind=traits&q=plan",
            "?subject=account",
        )
    }

    assert found == {
        "?q=PLAN": ["plan", "plan_changed"],
        "?q=tarif": ["plan"],
        "?q=trial ends": ["trial_ends_at"],
        "?q=LÄUFT": ["trial_ends_at"],
        "?q=nothing": [],
        "?type=date": ["trial_ends_at"],
        "?type=number": ["seats"],
        "?type=text": ["plan"],
        "?unused=true": ["plan", "plan_changed", "seats"],
        "?unused=false": ["trial_ends_at"],
        "?kind=events": ["plan_changed"],
        "?kind=traits&q=plan": ["plan"],
        "?subject=account": [],
    }
    said = words_of(dictionary("?q=plan&unused=true"))
    assert "2 of 4" in said
    assert "Remove the filter Words plan" in said
    assert "Remove the filter Use unused" in said
    assert "Nothing is called so" in words_of(dictionary("?q=nothing"))


def test_what_is_not_understood_is_left_out_and_said(dictionary: Any) -> None:
    make_trait("plan")
    text = dictionary("?type=colour&kind=dreams&unused=perhaps")
    assert "That filter is left out" in text
    assert names(text) == ["plan"]


def test_many_words_have_pages(dictionary: Any) -> None:
    for number in range(130):
        make_trait(f"t{number:03}")
    make_event("login")

    beside = dictionary()
    assert len(names(beside)) == 51
    assert "All 130 traits" in words_of(beside)
    first, second = dictionary("?kind=traits"), dictionary("?kind=traits&page=2")
    assert names(first) == [f"t{number:03}" for number in range(100)]
    assert names(second) == [f"t{number:03}" for number in range(100, 130)]
    assert names(dictionary("?kind=traits&page=none")) == names(first)


def test_htmx_is_given_what_was_found_and_its_address(client: Client, dictionary: Any) -> None:
    make_trait("plan")
    answer = client.get("/dictionary/?q=plan&type=", headers=HTMX)
    assert answer.text.lstrip().startswith('<div class="results" id="found"')
    assert answer["HX-Push-Url"] == "/dictionary/?q=plan"


def test_words_are_shown_as_written_never_run(dictionary: Any) -> None:
    make_trait("<script>alert(1)</script>", label="<b>x</b>")
    text = dictionary("?q=<script>")
    assert "<script>alert" not in text
    assert "&lt;b&gt;x&lt;/b&gt;" in text


def test_the_dictionary_needs_a_login(client: Client) -> None:
    assert client.get("/dictionary/")["Location"] == "/login/?next=/dictionary/"


def test_more_words_and_segments_do_not_take_more_queries(dictionary: Any) -> None:
    def add(count: int, start: int = 0) -> None:
        for number in range(start, start + count):
            make_trait(f"t{number}")
            make_event(f"e{number}", properties={"amount": "number"})
            using(f"s{number}", {"trait": f"t{number}", "is": "x"})

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            dictionary()
        return len(queries)

    add(2)
    few = count()
    add(20, start=2)

    assert count() == few <= 13
    assert TraitEntry.objects.count() == EventEntry.objects.count() == 22
