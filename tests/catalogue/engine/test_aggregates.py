"""sum, avg, min, max and count_distinct over events (clause 15)."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given as given_
from hypothesis import strategies as st

from catalogue.definitions import nodes as n
from catalogue.engine.conditions.aggregates import Comparisons
from tests.catalogue.engine.small_world import (
    DAY,
    customer,
    event,
    events,
    is_,
    last,
    term,
    who,
    world,
)


def paid(**amounts: list[object]):
    return world(
        *(
            customer(id, *(event("paid", amount=a) for a in listed))
            for id, listed in amounts.items()
        )
    )


def aggregate(function, comparison, given, **more):
    node = n.Aggregate(
        function=function,
        prop=more.pop("prop", ("amount",)),
        events=more.pop("events", events("paid")),
        comparison=comparison,
        **more,
    )
    return who(node, given)


MIXED = paid(
    numbers=[10, 20.5],
    texts=["10", "20.5"],
    both=[10, "20.5", "many", True, None, [100]],
    unreadable=["many", True, [1]],
    missing=[None, None],
    none=[],
)
READABLE = {"numbers", "texts", "both"}


@pytest.mark.parametrize(
    ("function", "comparison"),
    [
        ("sum", is_("eq", 30.5)),
        ("avg", is_("eq", 15.25)),
        ("min", is_("eq", 10)),
        ("max", is_("eq", 20.5)),
        ("sum", is_("between", 30.5, 30.5)),
        ("avg", is_("between", 15, 15.25)),
    ],
)
def test_values_that_read_as_numbers_are_used(function, comparison):
    assert aggregate(function, comparison, MIXED) == READABLE


@pytest.mark.parametrize("function", ["sum", "avg", "min", "max"])
@pytest.mark.parametrize("comparator", ["lt", "lte", "neq", "gt", "gte", "eq"])
def test_without_a_value_no_comparison_holds(function, comparator):
    found = aggregate(function, is_(comparator, 10**6), MIXED)
    assert found in (READABLE, set())
    assert found == (READABLE if comparator in ("lt", "lte", "neq") else set())


@pytest.mark.parametrize(
    "prop", [("never sent",), ("amount", "inside"), ("flag",)], ids=["unknown", "path", "boolean"]
)
@pytest.mark.parametrize("function", ["sum", "avg", "min", "max", "count_distinct"])
def test_a_property_that_never_reads_as_a_number_has_no_value(function, prop):
    given = world(customer("a", event("paid", amount=1, flag=None)))
    assert aggregate(function, is_("gte", -(10**9)), given, prop=prop) == set()


def test_sums_are_decimals_so_that_order_does_not_matter():
    tenths = paid(ten=[0.1] * 10, mixed=[1e15, 0.1, -1e15, 0.2], rounded=[1.0000005])
    assert aggregate("sum", is_("eq", 1), tenths) == {"ten"}
    assert aggregate("sum", is_("eq", 0.3), tenths) == {"mixed"}
    assert aggregate("sum", is_("eq", 1.000001), tenths) == {"rounded"}
    assert aggregate("sum", is_("gt", 1.0000005), tenths) == {"rounded"}


def test_every_digit_of_a_text_counts():
    given = paid(long=["12345678901234567.89", "0.01"])
    assert aggregate("sum", is_("gt", 12345678901234566), given) == {"long"}
    assert aggregate("sum", is_("lt", 12345678901234568), given) == {"long"}


def test_an_average_is_compared_as_sum_against_bound_times_count():
    thirds = paid(a=[1, 0, 0], b=[0.333333] * 3, c=[1, 1, 2])
    assert aggregate("avg", is_("gt", 0.333333), thirds) == {"a", "c"}
    assert aggregate("avg", is_("eq", 0.333333), thirds) == {"b"}
    assert aggregate("avg", is_("lt", 1 / 3), thirds) == {"b"}


def test_values_beyond_what_a_sum_can_hold_are_left_out_and_raise_nothing():
    given = paid(huge=[1e300, 5], most=["99999999999999990000", 5], only=[1e20])
    assert aggregate("sum", is_("eq", 5), given) == {"huge"}
    assert aggregate("sum", is_("gt", -(10**6)), given) == {"huge", "most"}
    assert aggregate("max", is_("gt", 1e299), given) == {"huge"}


def test_many_large_sums_raise_nothing():
    given = paid(a=[9.9e19] * 300, b=[-9.9e19] * 300)
    assert aggregate("sum", is_("gt", 2.9e22), given) == {"a"}
    assert aggregate("avg", is_("lt", -9.8e19), given) == {"b"}


@pytest.mark.parametrize(
    ("values", "count"),
    [
        (["x", "x", "y"], 2),
        (["1", 1], 1),
        (["1", "01"], 2),
        (["1.0", 1], 1),
        (["1", "1.0", 1], 1),
        (["1", "01", 2], 3),
        ([True, "true", 1], 2),
        ([0.0, "-0", "0"], 1),
        (["", 0, False], 3),
        ([[1, "a"], [1, "a"], ["a", 1]], 2),
        ([{"a": 1, "b": 2}, {"b": 2, "a": 1}], 1),
        ([None, "x"], 1),
        ([[], {}], 2),
    ],
)
def test_count_distinct_counts_equal_values_once(values, count):
    given = paid(it=values)
    assert aggregate("count_distinct", is_("eq", count), given) == {"it"}


def test_a_number_makes_texts_one_only_where_it_is_counted_itself():
    given = world(
        customer(
            "a",
            event("paid", amount="1", kind="x"),
            event("paid", amount="1.0", kind="x"),
            event("paid", amount=1, kind="y"),
        ),
        customer("b", event("paid", amount=1)),
    )
    only_x = events("paid", where=(term("is", "x", "kind"),))
    assert aggregate("count_distinct", is_("eq", 2), given, events=only_x) == {"a"}
    assert aggregate("count_distinct", is_("eq", 1), given) == {"a", "b"}


def test_count_distinct_without_a_value_is_no_value_and_not_zero():
    assert aggregate("count_distinct", is_("lt", 6), MIXED) == READABLE | {"unreadable"}


def test_aggregates_take_where_windows_and_paths():
    given = world(
        customer(
            "a",
            event("paid", cart={"total": 5}, kind="x"),
            event("paid", cart={"total": 7}, kind="y"),
            event("paid", 40 * DAY, cart={"total": 100}, kind="x"),
        )
    )
    only_x = events("paid", where=(term("is", "x", "kind"),))
    path = ("cart", "total")
    assert aggregate("sum", is_("eq", 12), given, prop=path, window=last(30)) == {"a"}
    assert aggregate("sum", is_("eq", 105), given, prop=path, events=only_x) == {"a"}
    assert aggregate("sum", is_("eq", 5), given, prop=path, events=only_x, window=last(30)) == {"a"}


amounts = st.decimals(-(10**12), 10**12, places=6) | st.decimals(-(10**31), 10**31, places=6)
bounds = st.floats(-1e13, 1e13) | st.integers(-(2**53), 2**53) | st.floats(-1, 1)


@given_(st.lists(st.tuples(amounts, st.integers(1, 10**6)), min_size=1), bounds)
def test_averages_are_compared_exactly(rows, bound):
    columns = {
        "sum": pa.chunked_array([pa.array([s for s, _ in rows], pa.decimal128(38, 6))]),
        "of": pa.chunked_array([pa.array([c for _, c in rows], pa.int64())]),
    }
    above = Comparisons.of([is_("gt", bound)]).judge(columns)
    equal = Comparisons.of([is_("eq", bound)]).judge(columns)
    limit = Fraction(Decimal(repr(bound)))
    assert above.tolist() == [Fraction(s) > limit * c for s, c in rows]
    assert equal.tolist() == [Fraction(s) == limit * c for s, c in rows]
    assert above.dtype == np.bool_
