"""Pages of segments of accounts: accounts by the name people use, and never taken for customers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client

from catalogue.models import Segment
from tests.catalogue.segments.ground import seat
from tests.catalogue.web.builder.posting import form_on
from tests.catalogue.web.reading import HTMX, words_of
from tests.catalogue.workspace import NOW, define, load_accounts_too, refresh

pytestmark = pytest.mark.django_db
BUSINESS = {"subject": "account", "where": {"trait": "tier", "is": "business"}}
ACTIVE = {"subject": "account", "where": {"customers": "any", "where": {"did": "login"}}}


@pytest.fixture(autouse=True)
def _midday() -> Iterator[None]:
    cache.clear()
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def sue(client: Client) -> Client:
    """May see people, and write."""
    load_accounts_too()
    client.force_login(seat("sue", "editor", sees=True))
    return client


def firms(definition: object = BUSINESS, **facts: object) -> Segment:
    segment = define("firms", definition, name="Firms", owner_email="a@x.example", **facts)
    refresh("firms")
    return segment


def test_its_first_page_counts_accounts(sue: Client) -> None:
    firms(status="live")
    words = words_of(sue.get("/segments/firms/").text)
    assert "2 accounts" in words
    assert "of 3 accounts" in words
    assert "An account belongs when this is true: Tier is business" in words


def test_it_lists_accounts_by_their_names(sue: Client) -> None:
    firms(status="live")
    answer = sue.get("/segments/firms/people/?trait=tier")
    words = words_of(answer.text)
    assert "Account Since Tier" in words
    assert "Acme Ltd acme" in words
    assert "Nobody Inc empty" in words
    assert "solo" not in words
    assert 'href="/accounts/acme/"' in answer.text
    assert "/customers/acme/" not in answer.text  # there is no customer of that id
    entered = words_of(sue.get("/segments/firms/people/?show=entered").text)
    assert "Acme Ltd acme" in entered


def test_an_account_without_a_name_is_listed_by_its_id(sue: Client) -> None:
    firms({"subject": "account", "where": {"trait": "tier", "is": "free"}}, status="live")
    assert "solo" in words_of(sue.get("/segments/firms/people/").text)


def test_its_conditions_are_counted_and_explained_in_accounts(sue: Client) -> None:
    firms(ACTIVE, status="live")
    counts = words_of(sue.get("/segments/firms/definition/?counts=1", headers=HTMX).text)
    assert "Every account 3 3" in counts
    assert "counted: customers" in counts
    assert "1 account belong" in counts
    page = words_of(sue.get("/segments/firms/definition/").text)
    assert "Account id Exactly as it was loaded." in page
    why = sue.get("/segments/firms/definition/?customer=acme", headers=HTMX).text
    assert "true for 2 of the 2 customers of the account" in words_of(why)
    assert 'href="/accounts/acme/"' in why
    assert "/customers/acme/" not in why
    nobody = words_of(sue.get("/segments/firms/definition/?customer=ada", headers=HTMX).text)
    assert "There is no account “ada”." in nobody


def test_a_customers_page_says_nothing_of_segments_of_accounts(sue: Client) -> None:
    firms({"subject": "account", "where": {"everyone": True}}, status="live")
    for name in ("ada", "bob", "cleo"):
        assert "Firms" not in words_of(sue.get(f"/customers/{name}/").text)


def test_a_trait_of_accounts_says_who_looks_at_it_and_how_to_use_it(sue: Client) -> None:
    firms(status="live")
    define("gold", {"account_trait": "tier", "is": "business"}, name="Gold people")
    answer = sue.get("/dictionary/traits/tier/?subject=account")
    words = words_of(answer.text)
    assert "Firms" in words
    assert "Gold people" in words
    assert "account_trait: tier" in words
    shown = sue.get("/segments/gold/").text
    assert 'href="/dictionary/traits/tier/?subject=account"' in shown


def test_its_form_offers_what_is_asked_of_accounts_and_keeps_the_rest(sue: Client) -> None:
    whole = {
        "subject": "account",
        "where": {"all": [BUSINESS["where"], ACTIVE["where"], {"not": {"in_segment": "others"}}]},
    }
    define("others", BUSINESS, name="Other firms", status="live")
    define("people", {"everyone": True}, name="All people", status="live")
    segment = firms(whole)
    answer = sue.get("/segments/firms/edit/")
    words = words_of(answer.text)
    assert "An account belongs when" in words
    assert "this is true for at least one customer: has done “Login” at any time" in words
    assert "Other firms" in words
    assert "All people" not in words
    assert 'value="add:trait"' in answer.text
    assert 'value="add:did"' not in answer.text
    fields = form_on(answer.text)
    assert fields["rule-subject"] == ["account"]
    stored = sue.post("/segments/firms/edit/", fields | {"why": ["Because."], "do": ["save"]})
    assert stored.status_code == 302, words_of(stored.text)
    after = Segment.objects.get(pk=segment.pk)
    assert after.why == "Because."
    assert after.definition == segment.definition


def test_a_tool_for_accounts_is_refused_where_it_is_named(sue: Client) -> None:
    firms()
    fields = form_on(sue.get("/segments/firms/edit/").text)
    answer = sue.post("/segments/firms/edit/", fields | {"sync-to": ["newsletter"], "do": ["save"]})
    assert "Tools take people" in words_of(answer.text)


def test_the_page_of_its_tools_says_why_there_are_none(sue: Client) -> None:
    firms(status="live")
    words = words_of(sue.get("/segments/firms/sync/").text)
    assert "Tools take people, and this segment holds accounts." in words


def test_the_refresh_that_counted_it_says_accounts(sue: Client) -> None:
    firms(status="live")
    run = Segment.objects.get(key="firms").membership.run
    assert "2 accounts" in words_of(sue.get(f"/runs/{run.pk}/").text)
