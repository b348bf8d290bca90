"""A file of arrays is read as it was written, or not at all."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from catalogue.engine.kept.snapshot_file import BLOCK, SnapshotFile, SnapshotWriter, Unusable

ARRAYS = (
    np.arange(3 * BLOCK, dtype=np.int64),
    np.array([True, False]),
    np.zeros(0, dtype=np.float64),
    np.full(BLOCK, 255, dtype=np.uint8),
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    place = tmp_path / "one"
    with place.open("wb") as file:
        writer = SnapshotWriter(file, "me")
        writer.finish({"arrays": [writer.array(one) for one in ARRAYS]})
    return place


def opened(path: Path, made_by: str = "me") -> SnapshotFile:
    with path.open("rb") as file:
        return SnapshotFile(file, made_by)


def test_arrays_are_read_as_they_were_written(path: Path) -> None:
    found = opened(path)

    read = [found.array(place) for place in found.document["arrays"]]  # type: ignore[attr-defined]
    assert [(one.dtype, one.tolist()) for one in read] == [
        (one.dtype, one.tolist()) for one in ARRAYS
    ]


def test_what_is_written_into_them_stays_in_the_process(path: Path) -> None:
    before = path.read_bytes()
    found = opened(path)
    found.array(found.document["arrays"][0])[0] = 7  # type: ignore[index]

    assert path.read_bytes() == before
    opened(path)


@pytest.mark.parametrize("share", [0, 0.01, 0.2, 0.5, 0.9, 0.97, 0.999])
def test_one_wrong_byte_anywhere_is_noticed(path: Path, share: float) -> None:
    told = bytearray(path.read_bytes())
    told[int(share * len(told))] ^= 1
    path.write_bytes(told)

    with pytest.raises(Unusable):
        opened(path)


def test_two_words_in_the_other_order_are_noticed(path: Path) -> None:
    told = path.read_bytes()
    one, other = told[BLOCK + 8 : BLOCK + 16], told[BLOCK + 16 : BLOCK + 24]
    path.write_bytes(told[: BLOCK + 8] + other + one + told[BLOCK + 24 :])

    with pytest.raises(Unusable, match="damaged"):
        opened(path)


def test_two_blocks_in_the_other_order_are_noticed(path: Path) -> None:
    told = path.read_bytes()
    one, other = told[BLOCK : 2 * BLOCK], told[2 * BLOCK : 3 * BLOCK]
    path.write_bytes(told[:BLOCK] + other + one + told[3 * BLOCK :])

    with pytest.raises(Unusable, match="damaged"):
        opened(path)


@pytest.mark.parametrize("left", [0, 1, 10, BLOCK, 2 * BLOCK, -1, -BLOCK])
def test_a_file_that_was_cut_off_is_noticed(path: Path, left: int) -> None:
    path.write_bytes(path.read_bytes()[:left])

    with pytest.raises(Unusable):
        opened(path)


def test_a_file_that_somebody_else_made_is_not_read(path: Path) -> None:
    with pytest.raises(Unusable, match="another version"):
        opened(path, "you")


def test_arrays_of_objects_are_not_made(path: Path) -> None:
    with pytest.raises(Unusable, match="unknown kind"):
        opened(path).array([BLOCK, "|O", 1])
