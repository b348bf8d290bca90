"""Deleting and merging customers."""

from __future__ import annotations

from datetime import UTC, datetime

import pyarrow as pa
import pytest

from catalogue.models import Customer, Load, Photo
from catalogue.warehouse import ingest
from catalogue.warehouse.loads import How, RowsRefused
from catalogue.warehouse.photos import open_photo
from catalogue.warehouse.population import delete_customers, merge_customers
from tests.catalogue.warehouse.lake_reading import ids, tables

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def five() -> None:
    """Customers a to e."""
    ingest.load_customers(pa.table({"id": list("abcde")}), as_of=NOW)


def delete(*names: str | None, **options: bool) -> Load:
    table = pa.table({"customer_id": list(names)})
    return delete_customers(table, now=NOW, how=How(**options) if options else None)


def merge(*pairs: tuple[str, str], **options: bool) -> Load:
    table = pa.table({"from": [p[0] for p in pairs], "into": [p[1] for p in pairs]})
    return merge_customers(table, now=NOW, how=How(**options) if options else None)


def survivors() -> dict[str, str]:
    names = dict(Customer.objects.values_list("ordinal", "external_id"))
    return {names[away]: names[into] for away, into in tables().survivors.items()}


def why(error: pytest.ExceptionInfo[RowsRefused]) -> list[str]:
    return [refusal.sentence() for refusal in error.value.refused]


def test_deleted_customers_leave_the_population_and_keep_their_row() -> None:
    load = delete("a", "c")
    assert ids() == {"b", "d", "e"}
    assert Customer.objects.get(external_id="a").deleted_at == NOW
    assert (load.kind, load.rows_loaded) == ("deletions", 2)


def test_deleting_twice_keeps_the_first_day() -> None:
    delete("a")
    delete_customers(pa.table({"customer_id": ["a"]}), now=NOW.replace(year=2027))
    assert Customer.objects.get(external_id="a").deleted_at == NOW


def test_the_first_column_is_taken_when_none_is_called_customer_id() -> None:
    delete_customers(pa.table({"who": ["a"], "because": ["asked"]}), now=NOW)
    assert ids() == set("bcde")


def test_unknown_ids_are_reported_and_nobody_is_deleted() -> None:
    with pytest.raises(RowsRefused) as refused:
        delete("a", "nobody")
    assert why(refused) == ["row 2, column customer_id: “nobody” is no customer we know"]
    assert ids() == set("abcde")
    assert delete("a", "nobody", skip_bad_rows=True).rows_refused == 1
    assert ids() == set("bcde")


def test_merges_follow_chains_to_the_last_survivor_in_whatever_order() -> None:
    merge(("b", "c"), ("a", "b"))
    merge(("c", "d"))
    assert ids() == {"d", "e"}
    assert survivors() == {"a": "d", "b": "d", "c": "d"}
    assert Customer.objects.get(external_id="a").merged_into.external_id == "b"


def test_cycles_are_refused() -> None:
    merge(("a", "b"))
    for pairs in ([("b", "a")], [("b", "c"), ("c", "a")], [("d", "d")]):
        with pytest.raises(RowsRefused) as refused:
            merge(*pairs)
        assert "would end where it began" in why(refused)[0]
    assert survivors() == {"a": "b"}


def test_nobody_is_merged_twice_but_saying_it_again_does_no_harm() -> None:
    merge(("a", "b"))
    with pytest.raises(RowsRefused) as refused:
        merge(("a", "c"))
    assert "was merged into another customer before" in why(refused)[0]
    merge(("a", "b"))
    assert survivors() == {"a": "b"}


def test_unknown_and_deleted_customers_are_not_merged() -> None:
    delete("e")
    with pytest.raises(RowsRefused) as refused:
        merge(("nobody", "a"), ("a", "e"), ("e", "b"))
    assert why(refused) == [
        "row 1, column from: “nobody” is no customer we know",
        "row 2, column into: “e” was deleted",
        "row 3, column from: “e” was deleted",
    ]


def test_a_deleted_survivor_takes_those_merged_into_them_along() -> None:
    merge(("a", "b"))
    delete("b")
    assert ids() == {"c", "d", "e"}
    assert survivors() == {"a": "b"}


def test_an_old_photo_keeps_its_population() -> None:
    old = Photo.objects.latest("pk")
    delete("a")
    old.refresh_from_db()
    assert len(open_photo(old).customers) == 5
