"""The newest of many changes."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from catalogue.engine.vectors.newest import are_distinct, is_rising, newest_rows


@given(
    st.lists(
        st.tuples(st.integers(0, 5), st.integers(-2, 2), st.integers(0, 3)),
        unique_by=lambda row: row,
    )
)
def test_no_later_change_of_the_same_ordinal_follows_it(rows: list[tuple[int, int, int]]) -> None:
    columns = np.array(rows, dtype=np.int64).reshape(-1, 3).T
    mask = newest_rows(columns[0].astype(np.uint32), columns[1], columns[2])
    newest = {row[0]: row for row in sorted(rows, key=lambda row: row[1:])}
    assert {row for row, is_newest in zip(rows, mask, strict=True) if is_newest} == {
        *newest.values()
    }


@given(st.lists(st.integers(0, 9)))
def test_ordinals_are_distinct_when_none_comes_twice(some: list[int]) -> None:
    ordinals = np.array(some, dtype=np.uint32)
    assert are_distinct(ordinals) == (len(set(some)) == len(some))
    assert is_rising(ordinals) == (sorted(set(some)) == some)
