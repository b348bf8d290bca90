"""Recognising members by digests, as a dictionary of their names would."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from pyroaring import BitMap

from integrations.sync.recognition import known_by

NAMES = st.sampled_from([f"name-{number}" for number in range(12)] + ["", "é", "\0"])


@given(
    known=st.dictionaries(st.integers(0, 40), NAMES, max_size=30),
    said=st.lists(NAMES, max_size=30),
    size=st.integers(1, 7),
)
def test_it_is_what_a_dictionary_of_names_would_say(
    known: dict[int, str], said: list[str], size: int
) -> None:
    rows = list(known.items())
    pieces = [dict(rows[start : start + size]) for start in range(0, len(rows), size)]

    ours, foreign, held = known_by(pieces).seen_in(said)

    assert ours == BitMap(ordinal for ordinal, name in known.items() if name in said)
    assert foreign == sorted(set(said) - set(known.values()))
    assert held == len(set(said))


def test_nobody_is_known_and_nothing_is_said() -> None:
    assert known_by([]).seen_in([]) == (BitMap(), [], 0)
    assert known_by([]).seen_in(["a", "a"]) == (BitMap(), ["a"], 1)
    assert known_by([{7: "a"}]).everybody == BitMap([7])
