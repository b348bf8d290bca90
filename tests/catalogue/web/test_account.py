"""The page of one account."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa
import pytest
import time_machine
from django.test import Client

from catalogue.models import Account, Role
from catalogue.warehouse.population import delete_customers
from tests.catalogue.segments.ground import seat, team
from tests.catalogue.web.reading import HTMX, words_of
from tests.catalogue.workspace import NOW, define, load_accounts_too, refresh

pytestmark = pytest.mark.django_db
ACME = "/accounts/acme/"
BUSINESS = {"subject": "account", "where": {"trait": "tier", "is": "business"}}
ACTIVE = {"subject": "account", "where": {"customers": "any", "where": {"did": "login"}}}
FREE = {"subject": "account", "where": {"trait": "tier", "is": "free"}}


@pytest.fixture(autouse=True)
def _midday() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        load_accounts_too()
        yield


@pytest.fixture
def seer(client: Client) -> Client:
    client.force_login(seat("vera", Role.VIEWER, sees=True))
    return client


def section(page: str, name: str) -> str:
    return words_of(page.split(f'id="{name}"')[1].split("</section>")[0])


def test_it_shows_the_name_the_traits_and_the_customers(seer: Client) -> None:
    page = seer.get(ACME).text

    assert "Acme Ltd Copy the account id Account acme" in words_of(page)
    assert "Tier Text business since 1 Mar 2026" in section(page, "traits")
    assert 'href="/dictionary/traits/tier/?subject=account"' in page
    assert "Plan" not in section(page, "traits")
    assert "Its customers 2 ada bob as of" in section(page, "customers")
    assert 'href="/customers/ada/"' in page


def test_it_says_in_which_segments_of_accounts_it_is_and_why(seer: Client) -> None:
    define("firms", BUSINESS, name="Firms")
    define("small", FREE, name="Small firms")
    define("people", {"everyone": True}, name="People")
    refresh()

    page = seer.get(ACME).text
    why = words_of(seer.get(f"{ACME}?why=firms", headers=HTMX).text)
    why_not = words_of(seer.get(f"{ACME}?why=small").text)

    assert "Firms since 18 Mar 2026, 12:00 UTC, by m1" in section(page, "inside")
    assert "Small firms as of 18 Mar 2026" in section(page, "outside")
    assert "People" not in section(page, "inside") + section(page, "outside")
    assert "18 Mar 2026, 12:00 UTC entered Firms m1" in section(page, "moves")
    assert "Tier is business" in why
    assert "Tier is free" in why_not


def test_why_it_is_in_counts_its_customers(seer: Client) -> None:
    define("active", ACTIVE, name="Active")
    refresh()
    why = words_of(seer.get(f"{ACME}?why=active", headers=HTMX).text)
    assert "true for 2 of the 2 customers of the account" in why


def test_who_may_see_nobody_and_who_asks_for_none_is_told_the_same(client: Client) -> None:
    client.force_login(seat("rob", None))
    assert client.get(ACME).status_code == client.get("/accounts/nobody/").status_code == 404
    client.force_login(seat("vera", Role.VIEWER, sees=True))
    for id_ in ("nobody", "ada", "~00", "x" * 600):
        assert client.get(f"/accounts/{id_}/").status_code == 404
    assert client.get(f"{ACME}?why=nothing").status_code == 404


def test_segments_whose_members_one_may_not_see_are_left_out(seer: Client) -> None:
    define("firms", BUSINESS, name="Firms", team=team("sales"))
    refresh()
    page = seer.get(ACME).text
    assert "Firms" not in page
    assert seer.get(f"{ACME}?why=firms").status_code == 404


def test_a_deleted_account_is_known_no_more_nor_is_a_deleted_customer(seer: Client) -> None:
    delete_customers(pa.table({"id": ["bob"]}), now=NOW)
    assert "Its customers 1 ada as of" in section(seer.get(ACME).text, "customers")
    Account.objects.filter(external_id="acme").update(deleted_at=NOW)
    words = words_of(seer.get(ACME).text)
    assert "The account “acme” was deleted on 2026-03-18" in words
    assert "ada" not in words
    assert "Acme Ltd" not in words
