"""Whose customer is whose, and what is known of accounts, out of a lake."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pytest
from pyroaring import BitMap

from catalogue.warehouse import current, ingest
from catalogue.warehouse.ordinals import ids_of, ordinals_of
from catalogue.warehouse.population import delete_customers, merge_customers
from tests.catalogue.warehouse.lake_reading import tables

pytestmark = pytest.mark.django_db
START = datetime(2026, 3, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


def say(as_of: datetime, **accounts: str | None) -> None:
    """A file that says whose customer somebody is."""
    table = pa.table({"id": list(accounts), "firm": list(accounts.values())})
    ingest.load_customers(table, as_of=as_of, account="firm")


def accounts(now: datetime) -> dict[str, str]:
    """The account of each customer that has one."""
    here = tables()
    found = current.accounts_of(here, now=now)
    names = here.account_ids(here.accounts)
    return {
        name: names[found[ordinal]]
        for ordinal, name in here.customer_ids(here.customers).items()
        if found[ordinal] != current.NO_ACCOUNT
    }


def test_the_latest_said_at_or_before_now_is_the_account() -> None:
    say(START, a="first", b="first")
    say(START + timedelta(days=2), a="second")
    moved = START + timedelta(days=2)
    assert accounts(START - MICROSECOND) == {}
    assert accounts(START) == {"a": "first", "b": "first"}
    assert accounts(moved - MICROSECOND) == {"a": "first", "b": "first"}
    assert accounts(moved) == {"a": "second", "b": "first"}


def test_a_file_of_the_past_that_comes_later_does_not_undo_the_newer_one() -> None:
    say(START + timedelta(days=2), a="second")
    say(START, a="first")
    assert accounts(START) == {"a": "first"}
    assert accounts(START + timedelta(days=3)) == {"a": "second"}


def test_an_empty_cell_ends_belonging_to_an_account() -> None:
    say(START, a="first", b="first")
    say(START + timedelta(days=1), a=None)
    assert accounts(START + timedelta(days=1)) == {"b": "first"}


def test_of_two_files_of_one_instant_the_later_loaded_is_newer() -> None:
    say(START, a="first")
    say(START, a="second")
    assert accounts(START) == {"a": "second"}


def test_where_nobody_was_ever_given_an_account_there_are_none() -> None:
    ingest.load_customers(pa.table({"id": ["a"]}), as_of=START)
    assert accounts(START) == {}
    say(START, a=None)
    assert accounts(START) == {}
    assert current.customers_of(tables(), 0, now=START) == BitMap()


def test_the_customers_of_an_account_are_the_live_ones_of_now() -> None:
    say(START, a="acme", b="acme", c="acme", d="acme", e="other")
    say(START + timedelta(days=1), b="other")
    merge_customers(pa.table({"from": ["c"], "into": ["e"]}), now=START)
    delete_customers(pa.table({"customer_id": ["d"]}), now=START)
    (acme,) = ordinals_of(["acme"], "account")[0]
    here = tables()
    before = current.customers_of(here, acme, now=START)
    after = current.customers_of(here, acme, now=START + timedelta(days=1))
    assert {name for _, name in ids_of(before)} == {"a", "b"}
    assert {name for _, name in ids_of(after)} == {"a"}
    # The survivor keeps its own account.
    assert accounts(START + timedelta(days=1)) == {"a": "acme", "b": "other", "e": "other"}


def test_accounts_are_live_from_when_they_are_first_named() -> None:
    ingest.load_accounts(pa.table({"id": ["told"], "tier": ["gold"]}), as_of=START)
    say(START, a="named")
    here = tables()
    assert set(here.account_ids(here.accounts).values()) == {"told", "named"}


def test_traits_of_accounts_and_customers_of_one_name_are_kept_apart() -> None:
    ingest.load_accounts(pa.table({"id": ["acme"], "plan": ["gold"]}), as_of=START)
    ingest.load_customers(pa.table({"id": ["a"], "plan": ["free"]}), as_of=START)
    here = tables()
    assert current.values(here, here.customers, ["plan"], now=START) == {0: {"plan": "free"}}
    of_accounts = current.values(here, here.accounts, ["plan"], now=START, subject="account")
    assert of_accounts == {0: {"plan": "gold"}}
    assert current.said(here, 0, "plan", now=START, subject="account") == [(START, "gold")]
    assert here.trait_changes("tier", "account") is None
