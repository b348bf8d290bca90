"""manage.py dictionary: what there is, and what people correct."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from catalogue.models import TraitEntry

pytestmark = pytest.mark.django_db


def run(*args: object) -> str:
    out = io.StringIO()
    call_command(*[str(arg) for arg in args], stdout=out, stderr=out)
    return out.getvalue()


def entries() -> dict[str, dict[str, object]]:
    rows = [json.loads(line) for line in run("dictionary", "--json").splitlines()]
    return {f"{row['kind']} {row['name']}": row for row in rows}


@pytest.fixture(autouse=True)
def loaded(tmp_path: Path) -> Path:
    file = tmp_path / "customers.csv"
    file.write_text("id,seats,zip\na,5,1\nb,,2\n")
    run("load", "customers", file)
    orders = tmp_path / "orders.csv"
    orders.write_text("customer_id,time,amount\na,2026-03-01,5\n")
    run("load", "events", orders, "--event", "order_paid")
    return file


def test_what_was_loaded_is_listed_with_its_type_and_how_often_it_is_missing() -> None:
    found = entries()
    assert list(found) == [
        "trait seats",
        "trait zip",
        "event order_paid",
        "property order_paid.amount",
    ]
    assert (found["trait seats"]["type"], found["trait seats"]["missing"]) == ("number", "50.0%")
    assert found["event order_paid"]["count"] == 1
    assert "order_paid.amount" in run("dictionary")


def test_a_stated_type_stays_through_later_loads_until_it_is_taken_back(loaded: Path) -> None:
    run("dictionary", "trait", "zip", "--type", "text", "--label", "Postcode")
    run("load", "customers", loaded)
    entry = entries()["trait zip"]
    assert (entry["type"], entry["inferred"], entry["label"]) == ("text", "number", "Postcode")
    run("dictionary", "trait", "zip", "--type", "inferred")
    entry = entries()["trait zip"]
    assert (entry["type"], entry["stated"], entry["label"]) == ("number", "", "Postcode")


def test_events_and_properties_are_described() -> None:
    run("dictionary", "event", "order_paid", "--description", "Money arrived")
    shown = run("dictionary", "--json", "property", "order_paid", "amount", "--label", "Euros")
    assert json.loads(shown)["label"] == "Euros"
    found = entries()
    assert found["event order_paid"]["description"] == "Money arrived"
    assert found["property order_paid.amount"]["label"] == "Euros"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("trait", "zpi", "--type", "text"), "no trait “zpi”. Did you mean “zip”?"),
        (("account-trait", "zip"), "no trait “zip”."),
        (("event", "orders_paid"), "Did you mean “order_paid”?"),
        (("property", "order_paid", "amuont"), "Did you mean “amount”?"),
        (("trait", "zip", "--type", "string"), "no type “string”. Write one of text, number"),
        (("event", "order_paid", "--type", "text"), "An event has no type"),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(
    arguments: tuple[str, ...], sentence: str
) -> None:
    before = list(TraitEntry.objects.values())
    with pytest.raises(CommandError, match=sentence.replace("?", r"\?")):
        run("dictionary", *arguments)
    assert list(TraitEntry.objects.values()) == before
