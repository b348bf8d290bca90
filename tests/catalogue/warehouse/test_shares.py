"""The share of customers or accounts that lack a trait, kept up by everything that changes it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest

from catalogue.models import Load, TraitEntry
from catalogue.warehouse import ingest
from catalogue.warehouse.population import delete_customers, merge_customers

pytestmark = pytest.mark.django_db


def day(number: int) -> datetime:
    return datetime(2026, 3, 1, tzinfo=UTC) + timedelta(days=number)


def customers(as_of: int = 0, **columns: list[Any]) -> Load:
    return ingest.load_customers(pa.table(columns), as_of=day(as_of))


def bought(*names: str) -> Load:
    table = pa.table({"customer_id": list(names), "time": ["2026-03-01"] * len(names)})
    return ingest.load_events(table, event="Order paid")


def shares(subject: str = "customer") -> dict[str, float | None]:
    return dict(TraitEntry.objects.filter(subject=subject).values_list("name", "null_share"))


def test_null_shares_are_of_the_customers_in_the_newest_photo() -> None:
    customers(id=["a", "b"], plan=["x", None], seats=[1, 2])
    customers(id=["c", "d"], seats=[1, None])
    assert shares() == {"plan": 0.75, "seats": 0.25}
    delete_customers(pa.table({"customer_id": ["b", "d"]}), now=day(1))
    assert shares() == {"plan": 0.5, "seats": 0.0}


def test_null_shares_follow_values_that_come_and_go() -> None:
    customers(2, id=["a", "b", "c", "d"], plan=["x", None, "x", None], seats=[1, 1, 1, 1])
    customers(3, id=["a", "b", "c"], plan=[None, "y", "z"])
    assert shares() == {"plan": 0.5, "seats": 0.0}
    customers(3, id=["d"], plan=[True])
    assert shares() == {"plan": 0.25, "seats": 0.0}
    customers(1, id=["a", "b"], plan=["before", None], seats=[None, 7])
    assert shares() == {"plan": 0.25, "seats": 0.0}
    bought("new", "a")
    assert shares() == {"plan": pytest.approx(0.4), "seats": pytest.approx(0.2)}


def test_a_confirmation_after_a_load_from_the_past_counts_for_null_shares() -> None:
    for as_of in (0, 4):
        customers(as_of, id=["a", "b"], plan=["x", "x"])
    customers(2, id=["a", "b"], plan=[None, "y"])
    assert shares() == {"plan": 0.0}


def test_a_customer_merged_away_counts_for_no_null_share() -> None:
    customers(0, id=["a", "b", "c"], plan=["x", None, None])
    merge_customers(pa.table({"from": ["a"], "into": ["b"]}), now=day(1))
    assert shares() == {"plan": 1.0}
    customers(2, id=["a", "c"], plan=[None, "y"])
    assert shares() == {"plan": 0.5}
    customers(3, id=["a"], plan=["x"])
    assert shares() == {"plan": 0.5}


def test_accounts_that_a_customer_file_creates_lack_what_accounts_have() -> None:
    ingest.load_accounts(pa.table({"id": ["one"], "size": [10]}), as_of=day(0))
    firms = pa.table({"id": ["a", "b"], "firm": ["one", "two"]})
    ingest.load_customers(firms, as_of=day(1), account="firm")
    assert shares("account") == {"size": 0.5}
    assert shares() == {}
