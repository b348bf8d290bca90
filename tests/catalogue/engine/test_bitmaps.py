"""Bitmaps of ordinals out of masks."""

from __future__ import annotations

import numpy as np
import pytest
from pyroaring import BitMap

from catalogue.engine.bitmaps import CHUNK, FEW, SPARSE, from_ascending, from_dense

SHARES = (0.0, 0.001, SPARSE / CHUNK, 0.5, 1.0)


@pytest.mark.parametrize("size", [0, 1, 8, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK + 7])
@pytest.mark.parametrize("share", SHARES)
def test_a_mask_becomes_the_bitmap_of_where_it_is_true(size: int, share: float) -> None:
    mask = np.random.default_rng(size).random(size) < share
    found = from_dense(mask)
    assert found == BitMap(np.flatnonzero(mask).tolist())
    # Such as other readers of the format accept.
    assert BitMap.deserialize(found.serialize()) == found


@pytest.mark.parametrize("held", [SPARSE - 1, SPARSE, SPARSE + 1])
def test_lists_and_bits_meet_where_the_format_says(held: int) -> None:
    mask = np.zeros(2 * CHUNK, dtype=bool)
    mask[CHUNK : CHUNK + held] = True
    assert from_dense(mask) == BitMap(range(CHUNK, CHUNK + held))


def test_a_gap_of_whole_chunks_is_left_out() -> None:
    mask = np.zeros(5 * CHUNK, dtype=bool)
    mask[[3, 4 * CHUNK + 9]] = True
    assert from_dense(mask) == BitMap([3, 4 * CHUNK + 9])


@pytest.mark.parametrize("count", [0, 1, FEW - 1, FEW, FEW + 1, SPARSE, 3 * SPARSE])
@pytest.mark.parametrize("below", [3 * SPARSE, CHUNK, CHUNK + 1, 40 * CHUNK, 1 << 31])
@pytest.mark.parametrize("dtype", [np.int64, np.uint32])
def test_ordinals_that_ascend_become_their_bitmap(
    count: int, below: int, dtype: type[np.integer]
) -> None:
    drawn = np.random.default_rng(count).permutation(3 * SPARSE)[:count] * (below // (3 * SPARSE))
    ordinals = np.sort(drawn).astype(dtype)
    found = from_ascending(ordinals)
    assert found == BitMap(ordinals.tolist())
    assert BitMap.deserialize(found.serialize()) == found


@pytest.mark.parametrize("held", [SPARSE - 1, SPARSE, SPARSE + 1])
def test_one_chunk_may_hold_no_more_than_a_list_takes(held: int) -> None:
    ordinals = np.arange(CHUNK - 7, CHUNK + held)
    assert from_ascending(ordinals) == BitMap(range(CHUNK - 7, CHUNK + held))
