"""Counts and sums since each edge of a timeline."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.engine.vectors.edges import Edges
from catalogue.engine.vectors.money import TooLarge
from catalogue.engine.vectors.tally import Tally

SIZE, TOP = 4, 20
EVENTS = st.lists(st.tuples(st.integers(0, SIZE - 1), st.integers(-5, TOP - 1)), max_size=40)
STARTS = st.lists(st.one_of(st.none(), st.integers(-3, TOP - 1)), min_size=1, max_size=4)


def tallied(events: list[tuple[int, int]], edges: Edges, lowest: int) -> Tally:
    tally = Tally(size=SIZE)
    for ordinal, at in events:
        for place, _, _ in edges.split(np.array([at])):
            if place >= lowest:
                tally.count(place, np.array([ordinal]))
    tally.finish(lowest, edges.count)
    return tally


@given(EVENTS, STARTS, st.integers(-3, TOP - 1))
def test_between_any_two_edges_everything_is_counted_once(
    events: list[tuple[int, int]], starts: list[int | None], middle: int
) -> None:
    edges = Edges.of([*((start, TOP) for start in starts), (None, middle)])
    tally = tallied(events, edges, lowest=0)
    for start in starts:
        for end in (middle, TOP):
            found = tally.counted(edges.slice_from(start), edges.slice_from(end))
            inside = [o for o, at in events if (start is None or at >= start) and at < end]
            assert found.tolist() == [inside.count(ordinal) for ordinal in range(SIZE)]


def test_an_edge_belongs_to_what_begins_there() -> None:
    edges = Edges.of([(5, 10), (None, 7)])
    found = edges.split(np.array([4, 5, 6, 7, 9]))
    assert found == [(0, 0, 1), (1, 1, 3), (2, 3, 5)]
    assert [edges.slice_from(edge) for edge in (None, 5, 7, 10)] == [0, 1, 2, 3]


def test_sums_are_exact_and_say_how_many_numbers_they_are_of() -> None:
    tally = Tally(size=2)
    numbers = np.array([0.1, 0.2, np.nan, 1e20])
    tally.add(1, np.array([0, 0, 0, 1]), numbers)
    tally.finish(0, 2)
    assert tally.summed(0, 2).tolist() == [300_000, 0]
    assert tally.counted(0, 2).tolist() == [2, 0]


def test_a_sum_that_may_not_fit_is_given_up_before_it_wraps_around() -> None:
    tally = Tally(size=1)
    tally.add(0, np.array([0]), np.array([4e12]))
    with pytest.raises(TooLarge):
        tally.add(0, np.array([0]), np.array([-4e12]))
