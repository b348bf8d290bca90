"""Names of folders and columns."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from catalogue.warehouse.naming import HASHED, decode, encode

NAMES = st.text(max_size=60)


@given(NAMES, NAMES)
def test_two_names_never_meet_even_where_case_is_ignored(one: str, other: str) -> None:
    assert (encode(one).lower() == encode(other).lower()) == (one == other)


@given(NAMES.filter(lambda name: HASHED not in encode(name)))
def test_a_name_comes_back_as_it_was(name: str) -> None:
    assert decode(encode(name)) == name


@given(st.text(max_size=500))
def test_an_encoded_name_is_safe_in_a_path_a_url_and_a_column(name: str) -> None:
    assert re.fullmatch(r"[a-z0-9_-]{0,160}", encode(name))


def test_long_names_that_begin_alike_are_told_apart() -> None:
    one, other = "x" * 400 + "a", "x" * 400 + "b"
    assert encode(one) != encode(other)
    assert decode(encode(one)) is None
