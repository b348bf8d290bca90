"""A file of arrays and one document that says what they are: written once, checked and mapped.

MAGIC, by what it was made, then every array from a multiple of BLOCK bytes on, then the document
(JSON), then the foot: SHA-256 of all before, and where the document begins. Of arrays the digest
covers a sum for each block: that runs at the speed of memory, and any block with one wrong word has
another sum."""

from __future__ import annotations

import hashlib
import json
import mmap
import struct
from collections.abc import Sequence
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.generic]
Json = dict[str, object]
# Where an array lies: its first byte, its dtype, how many there are.
Place = list[object]

MAGIC = b"segment catalogue, remembered 1\n"
BLOCK = 4096
FOOT = struct.Struct("<32sQ8s")
END = b"the end\n"
# Odd, so that a change of one word always changes the sum; all different, so that words in another
# order are noticed.
WEIGHTS = np.arange(BLOCK // 8, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C16) + np.uint64(1)
# The kinds of numbers that there are.
DTYPES = frozenset({"<u1", "<u2", "<u4", "<u8", "<i4", "<i8", "<f8", "|u1", "|b1"})


class Unusable(Exception):
    """A file is not whole, or not one of these; the message says why."""


class SnapshotWriter:
    """Writes arrays into a file that is open for it, and the document at the end."""

    def __init__(self, file: BinaryIO, made_by: str) -> None:
        self._file = file
        self._digest = hashlib.sha256()
        self._at = 0
        self._put(MAGIC + made_by.encode())

    def array(self, array: Array) -> Place:
        """Write one of shape (n,); where it lies."""
        self._pad()
        place: Place = [self._at, array.dtype.str, len(array)]
        self._put(np.ascontiguousarray(array).view(np.uint8).data)
        return place

    def finish(self, document: Json) -> None:
        """Write what all of it is."""
        self._pad()
        told, at = json.dumps(document).encode(), self._at
        self._digest.update(told)
        self._file.write(told)
        self._file.write(FOOT.pack(self._digest.digest(), at, END))

    def _pad(self) -> None:
        missing = -self._at % BLOCK
        self._file.write(bytes(missing))
        self._at += missing

    def _put(self, told: bytes | memoryview) -> None:
        self._file.write(told)
        self._at += len(told)
        self._digest.update(_sums(told))


class SnapshotFile:
    """A file that was written so: `document`, and its arrays, mapped. What is written into them
    stays in this process."""

    def __init__(self, file: BinaryIO, made_by: str) -> None:
        """Check all of it; first whether it was made by the same. Raises Unusable and OSError."""
        try:
            self._mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY)
        except ValueError as error:
            raise Unusable("it is empty") from error
        self.size = len(self._mapped)
        if self.size < BLOCK + FOOT.size or self._mapped[: len(MAGIC)] != MAGIC:
            raise Unusable("it is not such a file, or of another format")
        head = MAGIC + made_by.encode()
        if self._mapped[: len(head)] != head:
            raise Unusable("it was written by another version of the program")
        digest, begin, end = FOOT.unpack_from(self._mapped, self.size - FOOT.size)
        if end != END or begin % BLOCK or not BLOCK <= begin <= self.size - FOOT.size:
            raise Unusable("its end is missing")
        told = bytes(self._mapped[begin : self.size - FOOT.size])
        if self._digest(begin, told) != digest:
            raise Unusable("it is damaged")
        self.document: Json = json.loads(told)

    def array(self, place: Sequence[object]) -> Array:
        """The array at a place. Raises Unusable where there can be none."""
        at, dtype, count = place
        if dtype not in DTYPES or not isinstance(at, int) or not isinstance(count, int):
            raise Unusable("it has an array of an unknown kind")
        return np.frombuffer(self._mapped, dtype=np.dtype(str(dtype)), count=count, offset=at)

    def _digest(self, begin: int, told: bytes) -> bytes:
        found = hashlib.sha256(_sums(memoryview(self._mapped)[:begin]))
        found.update(told)
        return bytes(found.digest())


def _sums(told: bytes | memoryview) -> bytes:
    """A sum of the words of each block; the last one may be short, and counts as if zeros came."""
    whole = len(told) // BLOCK * BLOCK
    words = np.frombuffer(told, dtype="<u8", count=whole // 8).reshape(-1, BLOCK // 8)
    sums = bytes(np.einsum("ij,j->i", words, WEIGHTS).tobytes())
    if whole == len(told):
        return sums
    rest = bytes(told[whole:]).ljust(BLOCK, b"\0")
    last = np.einsum("i,i->", np.frombuffer(rest, dtype="<u8"), WEIGHTS)
    return bytes(sums + last.tobytes())
