"""Customers as Roaring bitmaps of ordinals, and the algebra of formulas over them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
from pyroaring import BitMap

Ordinals = npt.NDArray[np.uint32]


def from_mask(ordinals: Ordinals, mask: npt.NDArray[np.bool_]) -> BitMap:
    """The ordinals where the mask is true, in whatever order they come."""
    true = ordinals[mask]
    if not len(true):
        return BitMap()
    dense = np.zeros(int(true.max()) + 1, dtype=bool)
    dense[true] = True
    return from_dense(dense)


class Distinct:
    """Ordinals of which none comes twice, in whatever order; of many masks over them each becomes a
    bitmap faster than by `from_mask`."""

    def __init__(self, ordinals: Ordinals) -> None:
        self._places = ordinals.astype(np.intp)
        self._size = int(ordinals.max()) + 1 if len(ordinals) else 0

    def where(self, mask: npt.NDArray[np.bool_]) -> BitMap:
        """Those where the mask is true."""
        dense = np.zeros(self._size, dtype=bool)
        dense[self._places] = mask
        return from_dense(dense)


# Roaring's portable format (https://github.com/RoaringBitmap/RoaringFormatSpec): containers of
# 2^16 numbers, as a list of those that are in up to SPARSE of them, else as a bit for each.
CHUNK, SPARSE, COOKIE = 1 << 16, 4096, 12346
# What a bitmap takes besides its containers.
OVERHEAD = 256


def from_dense(mask: npt.NDArray[np.bool_]) -> BitMap:
    """The ordinals where the mask, which has one place for every ordinal, is true. Written in the
    bitmap's own format, which is many times faster than handing over numbers."""
    count = -(-len(mask) // CHUNK)
    packed = np.zeros(count * CHUNK // 8, dtype=np.uint8)
    packed[: -(-len(mask) // 8)] = np.packbits(mask, bitorder="little")
    bits = packed.reshape(count, CHUNK // 8)
    sizes = np.bitwise_count(bits.view("<u8")).sum(axis=1, dtype=np.int64)
    keys = np.flatnonzero(sizes)
    bodies = [
        bits[key].tobytes()
        if sizes[key] > SPARSE
        else _listed(mask[key * CHUNK : (key + 1) * CHUNK])
        for key in keys.tolist()
    ]
    heads = np.empty((len(keys), 2), dtype="<u2")
    heads[:, 0], heads[:, 1] = keys, sizes[keys] - 1
    starts = 8 + 8 * len(keys) + np.cumsum([0, *(len(body) for body in bodies)])[:-1]
    begin = np.array([COOKIE, len(keys)], dtype="<u4")
    parts = [begin.tobytes(), heads.tobytes(), starts.astype("<u4").tobytes(), *bodies]
    return BitMap.deserialize(b"".join(parts))


def _listed(chunk: npt.NDArray[np.bool_]) -> bytes:
    return np.flatnonzero(chunk).astype("<u2").tobytes()


# Of fewer numbers it costs as much to write heads.
FEW = 500


def from_ascending(ordinals: npt.NDArray[np.integer]) -> BitMap:
    """The ordinals, which are different and ascend. As `from_dense`, where they are some."""
    if len(ordinals) < FEW:
        return BitMap(ordinals.astype(np.uint32).data)
    count = int(ordinals[-1]) // CHUNK + 1
    ends = ordinals.searchsorted(np.arange(count + 1) * CHUNK)
    sizes = ends[1:] - ends[:-1]
    if sizes.max() > SPARSE:
        return BitMap(ordinals.astype(np.uint32).data)
    keys = np.flatnonzero(sizes)
    sizes = sizes[keys]
    numbers = np.empty(2 + 2 * len(keys), dtype="<u4")
    numbers[:2] = COOKIE, len(keys)
    heads, starts = numbers[2:].reshape(2, -1)
    heads[:] = keys | (sizes - 1) << 16
    starts[:] = 8 + 8 * len(keys) + 2 * (sizes.cumsum() - sizes)
    return BitMap.deserialize(numbers.tobytes() + ordinals.astype("<u2").tobytes())


def bytes_of(bitmap: BitMap) -> int:
    """About how many bytes of memory it takes."""
    told = bitmap.get_statistics()
    parts = (
        told["n_bytes_array_containers"],
        told["n_bytes_run_containers"],
        told["n_bytes_bitset_containers"],
    )
    return sum(parts) + OVERHEAD


def follow(bitmap: BitMap, survivors: Mapping[int, int]) -> BitMap:
    """The bitmap with every merged-away ordinal replaced by its last survivor."""
    merged = bitmap & BitMap(survivors) if survivors else BitMap()
    if not merged:
        return BitMap(bitmap)
    return (bitmap - merged) | BitMap([survivors[ordinal] for ordinal in merged])
