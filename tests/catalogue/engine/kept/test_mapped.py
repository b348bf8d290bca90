"""A vector in a file answers as one in memory does."""

from __future__ import annotations

import numpy as np
import pytest

from catalogue.engine.kept.mapped import Kept, MappedVector, add, clear, in_memory, take_away
from catalogue.engine.kept.moving import Moving
from catalogue.engine.vectors.judging import ANY

STORED = np.array([3, 0, 250, 7, 9], dtype=np.uint8)
STORED.flags.writeable = False


def places(*some: int) -> np.ndarray:
    return np.array(some, dtype=np.intp)


def mapped() -> MappedVector:
    return MappedVector(STORED, np.dtype(np.uint32))


def vectors() -> tuple[Kept, Kept]:
    return mapped(), STORED.astype(np.uint32)


@pytest.mark.parametrize("some", [(), (0,), (1, 2), (0, 2, 4), (0, 1, 2, 3, 4)])
def test_what_came_and_went_is_in_whatever_is_asked_for(some: tuple[int, ...]) -> None:
    for vector in (both := vectors()):
        add(vector, places(2, 2, 4, 2), 1)
        add(vector, places(0, 1), np.array([1_000, 5]))
        take_away(vector, places(4, 4), 1)
        clear(vector, places(3))

    asked = [vector[places(*some)] for vector in both]
    assert asked[0].tolist() == asked[1].tolist()
    assert asked[0].dtype == np.uint32
    assert in_memory(both[0]).tolist() == [1_003, 5, 253, 0, 8]
    assert in_memory(both[1]).tolist() == [1_003, 5, 253, 0, 8]


def test_a_slice_is_read_as_a_whole() -> None:
    vector = mapped()
    add(vector, places(1), 4)

    assert vector[slice(3)].tolist() == [3, 4, 250]


def test_a_copy_goes_its_own_way() -> None:
    vector = mapped()
    add(vector, places(0), 1)
    other = vector.copy()
    add(other, places(0), 1)

    assert (vector[places(0)][0], other[places(0)][0]) == (4, 5)


def test_it_takes_what_it_will_take_in_memory() -> None:
    assert mapped().nbytes == 20
    assert len(mapped()) == 5


@pytest.mark.parametrize("size", [5, 9])
def test_the_place_of_nobody_is_empty_when_it_becomes_somebodys(size: int) -> None:
    for vector in vectors():
        moving = Moving(counted=ANY, counts={None: vector})
        moving.grow(4, size)

        assert in_memory(moving.counts[None])[:5].tolist() == [3, 0, 250, 7, 0]
        assert len(moving.counts[None]) >= size


def test_who_was_merged_away_leaves_all_to_the_survivor() -> None:
    for vector in vectors():
        moving = Moving(counted=ANY, counts={None: vector})
        moving.pass_on({4: 1, 0: 1, 3: 2})

        assert in_memory(moving.counts[None]).tolist() == [0, 12, 257, 0, 0]
