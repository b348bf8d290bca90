"""Rankings: exact whatever the figures, one scan for all that look at the same data."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from math import ceil

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyroaring import BitMap

from catalogue.definitions import nodes as n
from catalogue.definitions.errors import Code, DefinitionError
from catalogue.definitions.windows import Interval
from catalogue.engine.conditions.events import EventFigure, Function, Measure, Selection
from catalogue.engine.conditions.readings import MONEY
from catalogue.engine.estimate import estimate
from catalogue.engine.evaluate import evaluate, evaluate_together
from catalogue.engine.figures import Figures
from catalogue.engine.inputs import Judged, Refused
from catalogue.engine.plan import Everyone
from catalogue.engine.ranking import Ranked, rank
from catalogue.warehouse.memory import MemoryTables
from tests.catalogue.engine.small_world import (
    DAY,
    NOW,
    customer,
    event,
    events,
    having,
    is_,
    last,
    segment,
    term,
    trait,
    who,
    world,
)

MILLION = 10**6


def ranked(end: str, size: int | Fraction, function: Function) -> Ranked:
    measure = Measure(function=function, where=frozenset(), interval=Interval(), prop=("n",))
    selection = Selection(names=frozenset({"paid"}), prefixes=frozenset())
    figure = EventFigure(selection=selection, measure=measure)
    return Ranked(end=end, size=size, figure=figure, among=Everyone())  # type: ignore[arg-type]


def averages(rows: Sequence[tuple[int, int]]) -> Figures:
    """(sum in millionths, number of values) of customers 0, 1, 2, …"""
    totals = [Decimal(total) / MILLION for total, _ in rows]
    columns = {
        "sum": pa.chunked_array([pa.array(totals, pa.decimal128(38, 6))]),
        "of": pa.chunked_array([pa.array([of for _, of in rows], pa.int64())]),
    }
    return Figures(ordinals=np.arange(len(rows), dtype=np.uint32), columns=columns)


LARGE = st.integers(-(10**30), 10**30)
NEAR = st.sampled_from([0, 1, 2, 3, 10, 3_333_333, 10_000_000, 20_000_000, -10_000_000, 2**63])
ROWS = st.lists(st.tuples(LARGE | NEAR, st.integers(1, 7)), min_size=1, max_size=12)
SIZES = st.integers(1, 14) | st.fractions(Fraction(1, 1000), 1, max_denominator=1000)


@settings(deadline=None)
@given(rows=ROWS, size=SIZES, end=st.sampled_from(["top", "bottom"]))
def test_averages_are_ranked_as_fractions_of_any_size(
    rows: list[tuple[int, int]], size: int | Fraction, end: str
) -> None:
    everybody = BitMap(range(len(rows)))
    found = rank(ranked(end, size, "avg"), averages(rows), everybody)

    figures = [Fraction(total, of) for total, of in rows]
    taken = size if isinstance(size, int) else ceil(size * len(rows))
    last_in = sorted(figures, reverse=end == "top")[:taken][-1]
    is_in = [f >= last_in if end == "top" else f <= last_in for f in figures]
    assert list(found.members) == [place for place, one in enumerate(is_in) if one]
    assert found.ranked == len(rows)
    assert abs(Fraction(found.last_in) - last_in / MILLION) <= Fraction(1, 2 * MILLION)


def test_many_that_tie_are_ranked_without_comparing_them_one_by_one() -> None:
    rows = [(10_000_000, 3)] * 60_000 + [(20_000_000, 6)] * 60_000 + [(3_333_333, 1)] * 5
    everybody = BitMap(range(len(rows)))
    found = rank(ranked("top", 1, "avg"), averages(rows), everybody)
    assert len(found.members) == 120_000


def test_money_is_read_as_decimals_of_six_places() -> None:
    assert MONEY == "decimal(38, 6)"


def test_only_those_among_are_ranked_and_counts_of_zero_too() -> None:
    columns = {"count": pa.chunked_array([pa.array([5, 3, 9], pa.int64())])}
    found = Figures(ordinals=np.array([7, 2, 4], dtype=np.uint32), columns=columns)
    result = rank(ranked("bottom", 2, "count"), found, BitMap([2, 7, 11]))
    assert (list(result.members), result.ranked, result.last_in) == ([2, 11], 3, 3)


# ── scans

PAID = events("paid")
BY_SUM = n.EventMeasure(function="sum", events=PAID, prop=("n",))
GIVEN = world(
    customer("a", event("paid", n=5), event("paid", 3 * DAY, n=1), plan="pro", seats=1),
    customer("b", event("paid", n=4), plan="pro", seats=2),
    customer("c", event("paid", 9 * DAY, n=7), plan="free", seats="3"),
    customer("d"),
)


def top(size: int, by: n.Measure, among: n.Node | None = None) -> n.Top:
    return n.Top(size=size, by=by, among=among or n.Everyone())


def test_a_measure_shares_its_scan_with_conditions_on_the_same_events_or_trait() -> None:
    segments = {
        "sum": segment(top(1, BY_SUM)),
        "bottom": segment(n.Bottom(size=1, by=BY_SUM, among=n.Everyone())),
        "did": segment(n.Did(events=PAID, window=last(7))),
        "more": segment(
            n.Aggregate(function="sum", prop=("n",), events=PAID, comparison=is_("gt", 5))
        ),
        "seats": segment(top(1, n.TraitMeasure(path=("seats",)))),
        "many": segment(trait("gt", 1, "seats")),
    }
    seen: list[tuple[int, int]] = []
    with MemoryTables.from_world(GIVEN) as tables:
        answer = evaluate(segments, tables, now=NOW, on_progress=lambda *step: seen.append(step))
        ids = {
            key: tables.ids(outcome.members)
            for key, outcome in answer.outcomes.items()
            if isinstance(outcome, Judged)
        }
    assert seen[-1] == (2, 2)
    # The events twice: counted here for conditions, and by the back end for rankings.
    assert answer.rows_read == 4 + 4 + 3
    assert ids == {
        "sum": {"c"},
        "bottom": {"b"},
        "did": {"a", "b"},
        "more": {"a", "c"},
        "seats": {"c"},
        "many": {"b", "c"},
    }


def test_two_versions_of_a_segment_have_rankings_of_their_own() -> None:
    best = segment(top(1, BY_SUM, n.InSegment(key="them")))
    worlds = [
        {"best": best, "them": segment(trait("is", plan, "plan"))} for plan in ("pro", "free")
    ]
    with MemoryTables.from_world(GIVEN) as tables:
        before, after = evaluate_together(worlds, tables, now=NOW)
        found = [
            tables.ids(outcome.members)
            for outcome in (before["best"], after["best"], before["best"])
            if isinstance(outcome, Judged)
        ]
    assert found == [{"a"}, {"c"}, {"a"}]


def test_what_a_measure_cannot_use_refuses_the_segment_where_it_stands() -> None:
    broken = events("paid", where=(term("matches", "(", "n"),))
    bad = n.EventMeasure(function="count", events=broken)
    inside = n.Not(child=top(1, BY_SUM, n.Did(events=broken)))
    with MemoryTables.from_world(GIVEN) as tables:
        outcomes = evaluate(
            {"by": segment(n.Not(child=top(1, bad))), "among": segment(inside)}, tables, now=NOW
        ).outcomes
    places = {
        key: (str(outcome.error.code), outcome.error.faults[0].pointer)
        for key, outcome in outcomes.items()
        if isinstance(outcome, Refused)
    }
    assert places == {
        "by": ("bad_value", "/where/not/by"),
        "among": ("bad_value", "/where/not/among"),
    }


def test_a_measure_over_too_many_lists_refuses_its_ranking_where_it_stands(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("catalogue.engine.conditions.bench.DISTINCT_LIMIT", 1)
    lists = n.EventSelector(names=("paid",), where=(term("has_any", ("vip",), "tags"),))
    given = world(*(customer(str(i), event("paid", tags=["vip", i])) for i in range(3)))
    where = n.All(children=(n.Everyone(), top(1, n.EventMeasure(function="count", events=lists))))
    with (
        MemoryTables.from_world(given) as tables,
        pytest.raises(DefinitionError) as caught,
    ):
        estimate({"it": segment(where)}, "it", tables, now=NOW)
    (fault,) = caught.value.faults
    assert (fault.code, fault.pointer) == (Code.TOO_EXPENSIVE, "/where/all/1")


def test_nested_rankings_that_differ_only_in_whom_they_are_among_are_two() -> None:
    given = having({"a": 1, "b": 2, "c": 3, "d": 4})
    by = n.TraitMeasure(path=("value",))
    first = n.Top(size=1, by=by, among=n.Everyone())
    second = n.Top(size=1, by=by, among=n.Not(child=first))
    third = n.Top(size=1, by=by, among=n.None_(children=(first, second)))
    assert (who(first, given), who(second, given), who(third, given)) == ({"d"}, {"c"}, {"b"})
    assert who(n.Any(children=(first, second, third)), given) == {"b", "c", "d"}


# ── estimates


def numbers(where: n.Node) -> dict[str, tuple[int, int]]:
    with MemoryTables.from_world(GIVEN) as tables:
        found = estimate({"it": segment(where)}, "it", tables, now=NOW)
    return {one.pointer: (one.alone, one.remaining) for one in found.nodes}


def test_those_a_ranking_is_made_among_are_counted() -> None:
    pro = trait("is", "pro", "plan")
    among = n.All(children=(pro, n.Did(events=PAID, window=last(7))))
    assert numbers(n.All(children=(n.Did(events=PAID), top(1, BY_SUM, among)))) == {
        "/where": (1, 1),
        "/where/all/0": (3, 3),
        "/where/all/1": (1, 1),
        "/where/all/1/among": (2, 2),
        "/where/all/1/among/all/0": (2, 2),
        "/where/all/1/among/all/1": (2, 2),
    }


def test_whose_history_nobody_knows_is_counted_as_unknown() -> None:
    held = n.Held(
        term=term("is", "pro", "plan"),
        lasting="for_at_least",
        duration=n.Duration(count=1, unit="day"),
    )
    with MemoryTables.from_world(GIVEN) as tables:
        (found,) = estimate({"it": segment(held)}, "it", tables, now=NOW).nodes
    assert (found.alone, found.null_count, found.null_share) == (0, 1, 0.25)
