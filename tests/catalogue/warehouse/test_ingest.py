"""Loads of customers, accounts and events, seen through the photo they make."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyroaring import BitMap

from catalogue.models import (
    Customer,
    EventEntry,
    Load,
    OrdinalCounter,
    Photo,
    PropertyEntry,
    TraitEntry,
)
from catalogue.warehouse import ingest
from catalogue.warehouse.loads import How, RowsRefused
from catalogue.warehouse.ordinals import ids_of, ordinals_of
from catalogue.warehouse.population import delete_customers
from catalogue.warehouse.refusals import LoadError
from tests.catalogue.warehouse.lake_reading import events, history, ids, tables, value_at

pytestmark = pytest.mark.django_db
DAY = datetime(2026, 3, 1)  # noqa: DTZ001 (naive UTC, as tables hold it)


def day(number: int) -> datetime:
    return DAY.replace(tzinfo=UTC) + timedelta(days=number)


def at(number: int) -> datetime:
    return DAY + timedelta(days=number)


def customers(as_of: int = 0, how: How | None = None, **columns: list[Any]) -> Load:
    return ingest.load_customers(pa.table(columns), as_of=day(as_of), how=how)


def paid(**columns: list[Any]) -> pa.Table:
    return pa.table({"customer_id": ["a", "b"], "time": ["2026-03-01", "2026-03-02"], **columns})


# Customers and their traits


def test_a_customer_file_makes_customers_and_their_traits() -> None:
    load = customers(id=["a", "b"], plan=["pro", None], seats=[5, 7])
    assert ids() == {"a", "b"}
    assert history("plan") == {"a": [(at(0), "pro")]}
    assert history("seats") == {"a": [(at(0), 5.0)], "b": [(at(0), 7.0)]}
    assert (load.rows_read, load.rows_loaded, load.customers_created) == (2, 2, 2)


def test_ids_are_text_exactly_as_received() -> None:
    customers(id=["00123", "123", " 123"])
    customers(id=[123, 7])
    assert ids() == {"00123", "123", " 123", "7"}


def test_the_same_value_again_is_no_change_and_takes_no_row() -> None:
    customers(0, id=["a"], plan=["pro"])
    customers(5, id=["a"], plan=["pro"])
    assert history("plan") == {"a": [(at(0), "pro")]}


def test_an_empty_cell_is_a_change_to_missing_and_an_absent_column_is_none() -> None:
    customers(0, id=["a"], plan=["pro"], seats=[5])
    customers(1, id=["a"], plan=pa.array([None], pa.string()))
    assert history("plan") == {"a": [(at(0), "pro"), (at(1), None)]}
    assert history("seats") == {"a": [(at(0), 5.0)]}


def test_a_trait_may_change_its_kind() -> None:
    customers(0, id=["a", "b"], code=["x", "1"])
    customers(1, id=["a", "b"], code=[1, 1])
    assert history("code") == {
        "a": [(at(0), "x"), (at(1), 1.0)],
        "b": [(at(0), "1"), (at(1), 1.0)],
    }
    assert TraitEntry.objects.get(name="code").inferred_type == "mixed"


def test_a_load_from_the_past_does_not_undo_what_was_confirmed_after_it() -> None:
    customers(0, id=["a"], plan=["pro"])
    customers(5, id=["a"], plan=["pro"])
    customers(3, id=["a"], plan=["free"])
    values = [value_at("plan", "a", at(number)) for number in (0, 2, 3, 4, 5, 9)]
    assert values == ["pro", "pro", "free", "free", "pro", "pro"]


def test_a_confirmation_one_microsecond_later_is_a_later_one() -> None:
    times = [day(0) + timedelta(microseconds=n) for n in (0, 501, 500)]
    for moment, plan in zip(times, ("pro", "pro", "free"), strict=True):
        ingest.load_customers(pa.table({"id": ["a"], "plan": [plan]}), as_of=moment)
    assert [value for _, value in history("plan")["a"]] == ["pro", "free", "pro"]


def test_a_change_after_the_confirmation_does_not_hide_it() -> None:
    for as_of, value in ((0, "pro"), (5, "pro"), (7, "team"), (3, "free")):
        customers(as_of, id=["a"], plan=[value])
    values = [value_at("plan", "a", at(number)) for number in (0, 3, 5, 6, 7)]
    assert values == ["pro", "free", "pro", "pro", "team"]


def test_a_customer_confirmed_to_lack_a_trait_lacks_it_again() -> None:
    customers(5, id=["a"], plan=pa.array([None], pa.string()))
    customers(3, id=["a"], plan=["free"])
    assert [value_at("plan", "a", at(number)) for number in (2, 3, 5)] == [None, "free", None]


def test_of_two_loads_as_of_one_instant_the_later_one_counts() -> None:
    customers(0, id=["a"], plan=["pro"])
    customers(0, id=["a"], plan=["free"])
    assert value_at("plan", "a", at(0)) == "free"


VALUE = st.sampled_from(["x", "y", None])
LOADS = st.lists(
    st.tuples(
        st.integers(0, 4),
        st.dictionaries(st.sampled_from("ab"), st.tuples(VALUE, VALUE, VALUE)),
    ),
    min_size=1,
    max_size=7,
)


@settings(
    max_examples=10,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(loads=LOADS)
def test_every_past_value_is_what_the_newest_load_as_of_then_said(
    loads: list[tuple[int, dict[str, tuple[str | None, ...]]]],
) -> None:
    # Fresh traits for each example, three of them: a load costs more than a trait.
    traits = [f"trait {Load.objects.count()} {number}" for number in range(3)]
    for as_of, values in loads:
        columns = {t: [row[i] for row in values.values()] for i, t in enumerate(traits)}
        table = {"id": list(values), **columns}
        strings = {name: pa.array(column, pa.string()) for name, column in table.items()}
        ingest.load_customers(pa.table(strings), as_of=day(as_of))
    for i, trait in enumerate(traits):
        said = [
            (as_of, sequence, customer, row[i])
            for sequence, (as_of, values) in enumerate(loads)
            for customer, row in values.items()
        ]
        values_are_as_said(trait, said)


def values_are_as_said(trait: str, said: list[tuple[int, int, str, str | None]]) -> None:
    found = history(trait)
    for number in range(6):
        for customer in "ab":
            told = [s for s in said if s[2] == customer and s[0] <= number]
            wanted = max(told, key=lambda s: s[:2])[3] if told else None
            changes = [v for t, v in found.get(customer, []) if t <= at(number)]
            assert (changes[-1] if changes else None) == wanted
    missing = len(ids()) - sum(changes[-1][1] is not None for changes in found.values())
    share = TraitEntry.objects.get(name=trait).null_share
    assert share == (pytest.approx(missing / len(ids())) if ids() else 1.0)


def test_duplicate_ids_are_refused_and_the_first_stays_when_bad_rows_are_skipped() -> None:
    with pytest.raises(RowsRefused) as refused:
        customers(id=["a", "b", "a"], plan=["x", "y", "z"])
    assert [r.sentence() for r in refused.value.refused] == [
        "row 3, column id: “a” is already in row 1"
    ]
    assert not Photo.objects.exists()
    assert not Customer.objects.exists()
    load = customers(how=How(skip_bad_rows=True), id=["a", "b", "a"], plan=["x", "y", "z"])
    assert history("plan")["a"] == [(at(0), "x")]
    assert (load.rows_read, load.rows_loaded, load.rows_refused) == (3, 2, 1)
    assert load.refused == [{"row": 3, "column": "id", "why": "“a” is already in row 1"}]


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        (None, "is missing"),
        ("", "is empty"),
        ("x" * 501, "longer than 500"),
        ("a\0b", "NUL"),
    ],
)
def test_an_id_that_cannot_be_one_is_refused(bad: str | None, why: str) -> None:
    with pytest.raises(RowsRefused) as refused:
        customers(id=["a", bad])
    (refusal,) = refused.value.refused
    assert (refusal.row, refusal.column) == (2, "id")
    assert why in refusal.why


def test_rows_of_a_deleted_customer_are_left_out_and_keep_nobody_else_out() -> None:
    customers(id=["a", "b"])
    delete_customers(pa.table({"customer_id": ["a"]}), now=day(1))
    traits = customers(id=["a", "c"], plan=["pro", "pro"])
    events = ingest.load_events(paid(), event="Order paid")
    for load in (traits, events):
        assert (load.rows_loaded, load.rows_refused) == (1, 1)
        assert "“a” was deleted on 2026-03-02" in load.refused[0]["why"]
    assert ids() == {"b", "c"}


def test_a_bad_row_still_stops_a_file_that_names_a_deleted_customer() -> None:
    customers(id=["a"])
    delete_customers(pa.table({"customer_id": ["a"]}), now=day(1))
    with pytest.raises(RowsRefused):
        customers(id=["a", ""])
    assert ids() == set()


def test_a_file_with_a_header_only_changes_nobody() -> None:
    empty = pa.table({"id": pa.array([], pa.string()), "plan": pa.array([], pa.string())})
    load = ingest.load_customers(empty, as_of=day(0))
    events_load = ingest.load_events(paid().slice(0, 0), event="Order paid", event_id=None)
    assert (load.rows_read, events_load.rows_read) == (0, 0)
    assert ids() == set()
    assert tables().event_names() == frozenset()


# Accounts


def test_customers_name_their_account_and_an_unknown_one_is_created() -> None:
    ingest.load_accounts(pa.table({"id": ["acme"], "tier": ["gold"]}), as_of=day(0))
    table = pa.table({"id": ["a", "b", "c"], "firm": ["acme", "new", None], "plan": ["x"] * 3})
    ingest.load_customers(table, as_of=day(0), account="firm")
    found, unknown = ordinals_of(["acme", "new", "nobody"], "account")
    assert (len(found), unknown) == (2, ["nobody"])
    assert TraitEntry.objects.filter(subject="account").values_list("name").get() == ("tier",)
    assert not TraitEntry.objects.filter(name="firm").exists()
    assert ids() == {"a", "b", "c"}


# Events


def test_an_event_file_makes_rows_with_typed_properties() -> None:
    load = ingest.load_events(paid(amount=[1.5, None], plan=["x", "y"]), event="Order paid")
    assert events("Order paid") == Counter(
        {
            ("a", at(0), (("amount", 1.5), ("plan", "x"))): 1,
            ("b", at(1), (("plan", "y"),)): 1,
        }
    )
    assert (load.rows_loaded, load.customers_created) == (2, 2)
    assert tables().event_names() == {"Order paid"}


def test_the_first_received_of_an_event_id_stays_under_whatever_name() -> None:
    first = paid(event=["one", "two"], key=["e1", "e2"], n=[1, 2])
    ingest.load_events(first, event_column="event", event_id="key")
    second = paid(event=["two", "two"], key=["e1", "e3"], n=[8, 9])
    load = ingest.load_events(second, event_column="event", event_id="key")
    assert (load.rows_known, load.rows_loaded) == (1, 1)
    assert sum(events("one").values()) == 1
    assert {dict(props)["n"] for _, _, props in events("two")} == {2.0, 9.0}


def test_an_event_id_twice_in_one_file_counts_once() -> None:
    table = paid(key=["e1", "e1"], n=[1, 2])
    load = ingest.load_events(table, event="Order paid", event_id="key")
    assert (load.rows_read, load.rows_known, load.rows_loaded) == (2, 1, 1)
    assert list(events("Order paid")) == [("a", at(0), (("n", 1.0),))]


def test_a_refused_row_does_not_take_the_event_id() -> None:
    table = pa.table(
        {"customer_id": ["", "b"], "time": ["2026-03-01", "2026-03-02"], "key": ["e1", "e1"]}
    )
    how = How(skip_bad_rows=True)
    load = ingest.load_events(table, event="Order paid", event_id="key", how=how)
    assert (load.rows_refused, load.rows_loaded, load.rows_known) == (1, 1, 0)


def test_identical_rows_without_ids_all_count_and_the_file_counts_once() -> None:
    table = pa.table({"customer_id": ["a"] * 3, "time": ["19970101"] * 3, "n": ["1"] * 3})
    first = ingest.load_events(table, event="Order paid")
    second = ingest.load_events(table, event="Order paid")
    assert second.pk == first.pk
    assert Photo.objects.count() == 1
    (row,) = events("Order paid").items()
    assert row == (("a", datetime(1997, 1, 1), (("n", "1"),)), 3)  # noqa: DTZ001
    ingest.load_events(table, event="Order paid", again=True)
    assert sum(events("Order paid").values()) == 6


def test_the_same_file_as_other_events_is_another_load() -> None:
    ingest.load_events(paid(), event="one")
    ingest.load_events(paid(), event="two")
    assert tables().event_names() == {"one", "two"}


def test_impossible_and_missing_times_are_refused_with_what_they_say() -> None:
    table = pa.table({"customer_id": ["a", "b", "c"], "time": ["2026-02-30", None, "2026-03-01"]})
    with pytest.raises(RowsRefused) as refused:
        ingest.load_events(table, event="Order paid")
    assert [r.sentence() for r in refused.value.refused] == [
        "row 1, column time: “2026-02-30” is no date or time; write it like 2026-03-18T12:00:00Z",
        "row 2, column time: is missing; every event needs a time",
    ]


def test_times_without_an_offset_are_local_to_the_workspace() -> None:
    how = How(zone=ZoneInfo("Europe/Berlin"))
    table = pa.table({"customer_id": ["a"], "time": ["2026-07-01 00:30"]})
    ingest.load_events(table, event="Order paid", how=how)
    (row,) = events("Order paid")
    assert row[1] == datetime(2026, 6, 30, 22, 30)  # noqa: DTZ001


def test_a_file_without_the_column_says_which_there_are_and_what_to_write() -> None:
    with pytest.raises(LoadError, match="no column 'who'.*'customer_id'.*--customer"):
        ingest.load_events(paid(), event="Order paid", customer="who")
    with pytest.raises(LoadError, match="--event NAME"):
        ingest.load_events(paid())


def test_a_refused_value_may_hold_anything() -> None:
    table = pa.table({"customer_id": ["a", "b"], "time": ["2026\0", "2026-03-01"]})
    load = ingest.load_events(table, event="x", how=How(skip_bad_rows=True))
    assert load.refused[0]["why"].startswith("“2026␀” is no date")
    load.refresh_from_db()


@pytest.mark.parametrize("name", ["Order paid", "order paid", "ü/..\\x", "a" * 400, "%20", "."])
def test_any_name_of_an_event_or_property_comes_back_as_it_was(name: str) -> None:
    ingest.load_events(paid(**{name: [1, 2]}), event=name)
    ingest.load_events(paid(**{name: ["x", "y"]}), event=name)
    assert tables().event_names() == {name}
    found = tables().events(name)
    assert found is not None
    assert set(found.properties) == {name}
    assert sum(events(name).values()) == 4


# The dictionary, ordinals and photos


def test_the_dictionary_counts_events_and_types_their_properties() -> None:
    ingest.load_events(paid(n=[1, 2], due=["2026-01-01", None], tags=[["x"], []]), event="paid")
    ingest.load_events(paid(n=["x", "y"], none=[None, None]), event="paid")
    entry = EventEntry.objects.get(name="paid")
    assert (entry.event_count, entry.last_at) == (4, day(1))
    types = dict(PropertyEntry.objects.values_list("name", "inferred_type"))
    assert types == {"n": "mixed", "due": "date", "tags": "list", "none": ""}


def test_a_stated_type_stays_whatever_is_loaded() -> None:
    customers(id=["a"], zip=["1234"])
    TraitEntry.objects.update(stated_type="text")
    customers(id=["a"], zip=[1])
    assert TraitEntry.objects.get(name="zip").type == "text"


def test_ordinals_are_dense_and_never_given_twice() -> None:
    customers(id=["a", "b"])
    with pytest.raises(RowsRefused):
        customers(id=["c", ""])
    customers(id=["b", "d"])
    assert OrdinalCounter.objects.get(subject="customer").next == 3
    found, unknown = ordinals_of(["d", "zz", "a"])
    assert (list(ids_of(found)), unknown) == ([(0, "a"), (2, "d")], ["zz"])


def test_many_ordinals_are_named_as_few_are() -> None:
    customers(id=[f"c{number:04}" for number in range(2_000)])
    known = dict(ids_of(BitMap(range(2_000))))
    assert known[1_234] == "c1234"
    gaps = BitMap(range(0, 2_100, 2))
    assert dict(ids_of(gaps)) == {ordinal: known[ordinal] for ordinal in gaps if ordinal < 2_000}
    assert list(ids_of(BitMap(range(1_500)))) == list(known.items())[:1_500]
