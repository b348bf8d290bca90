"""Segments that hold nearly the same are found, and only they."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from pyroaring import BitMap

from catalogue.lint.twins import FEWEST, NEARLY, twins

SETS = st.dictionaries(
    st.integers(1, 8),
    st.builds(
        lambda start, size, gone: BitMap(range(start, start + size)) - BitMap(gone),
        st.integers(0, 6),
        st.integers(0, 80),
        st.sets(st.integers(0, 60), max_size=3),
    ),
    max_size=6,
)


@given(SETS)
def test_a_twin_shares_more_than_nine_of_ten_with_the_other(sets: dict[int, BitMap]) -> None:
    wanted: dict[int, set[int]] = {
        key: {
            other
            for other, theirs in sets.items()
            if other != key
            and min(len(members), len(theirs)) >= FEWEST
            and len(members & theirs) > NEARLY * len(members | theirs)
        }
        for key, members in sets.items()
    }
    found = twins(sets)
    assert {key: {other for other, _ in near} for key, near in found.items()} == wanted
    for key, near in found.items():
        shares = [share for _, share in near]
        assert shares == sorted(shares, reverse=True)
        for other, share in near:
            assert share == len(sets[key] & sets[other]) / len(sets[key] | sets[other])


def test_exactly_nine_of_ten_are_not_more() -> None:
    assert twins({1: BitMap(range(100)), 2: BitMap(range(90))}) == {1: [], 2: []}
    assert twins({1: BitMap(range(100)), 2: BitMap(range(91))})[1] == [(2, 0.91)]
