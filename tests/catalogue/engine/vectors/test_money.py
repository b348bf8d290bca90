"""Numbers as whole millionths are the decimals that their digits write."""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.engine.vectors.money import TooLarge, millionths, takes_part


def by_digits(number: float) -> int:
    places = Decimal(repr(number)).quantize(Decimal("0.000001"), rounding=ROUND_HALF_UP)
    return int(places * 10**6)


@given(
    st.lists(
        st.one_of(
            st.floats(-9e12, 9e12, exclude_min=True, exclude_max=True),
            st.integers(-(2**42), 2**42).map(float),
            st.integers(-(10**10), 10**10).map(lambda n: n / 10**7),  # halves of a millionth
            st.integers(-(10**6), 10**6).map(lambda n: n / 100),
        ),
        min_size=1,
    )
)
def test_every_number_is_rounded_by_its_shortest_digits(numbers: list[float]) -> None:
    assert millionths(np.array(numbers)).tolist() == [by_digits(one) for one in numbers]


@pytest.mark.parametrize(
    ("number", "expected"),
    [(0.0000005, 1), (-0.0000005, -1), (0.00000049, 0), (1.0000005, 1_000_001), (-0.0, 0)],
)
def test_halves_go_away_from_zero(number: float, expected: int) -> None:
    assert millionths(np.array([number])).tolist() == [expected]


def test_what_does_not_fit_is_refused_and_not_wrapped_around() -> None:
    with pytest.raises(TooLarge):
        millionths(np.array([1.0, -9.3e12]))


def test_sums_leave_out_what_is_missing_or_of_21_digits() -> None:
    numbers = np.array([1.0, math.nan, 1e20, -1e20, 9.9e19])
    assert takes_part(numbers).tolist() == [True, False, False, False, True]
