"""Set algebra alone: ten conditions that hold for random ones of a hundred million ordinals."""

from __future__ import annotations

import struct

import numpy as np
from pyroaring import BitMap

from catalogue.engine.conditions.traits import TraitCondition
from catalogue.engine.conditions.values import IsSet
from catalogue.engine.evaluate import members_by
from catalogue.engine.findings import Findings
from catalogue.engine.plan import Formula, Group, Leaf
from catalogue.engine.population import Population

ORDINALS = 100_000_000
BLOCK = 1 << 16  # ordinals of one container of a bitmap
SEED = 5
CONDITIONS = tuple(TraitCondition(path=(f"t{place}",), test=IsSet()) for place in range(10))


class Algebra:
    """Half, a quarter, an eighth or three quarters of all ordinals, and of two conditions one in a
    hundred, mixed with and, or and not."""

    def __init__(self) -> None:
        rng = np.random.default_rng(SEED)
        halves = [self._half(rng) for _ in range(12)]
        dense = [
            *halves[:4],
            halves[4] & halves[5],
            halves[6] | halves[7],
            halves[8] & halves[9] & halves[10],
            halves[4] | halves[11],
        ]
        sparse = [np.sort(rng.integers(0, ORDINALS, ORDINALS // 100)) for _ in range(2)]
        found = [_bitmap(words) for words in dense] + [BitMap(one) for one in sparse]
        self._findings = Findings(members=dict(zip(CONDITIONS, found, strict=True)))
        self._people = BitMap(range(ORDINALS))

    def _half(self, rng: np.random.Generator) -> np.ndarray:
        blocks = -(-ORDINALS // BLOCK)
        words = rng.integers(0, 2**64, blocks * BLOCK // 64, dtype=np.uint64)
        words[ORDINALS // 64 :] = 0
        return words

    def members(self) -> int:
        """Judge them; how many there are."""
        return len(members_by(_formula(), self._findings, {}, Population(customers=self._people)))


def _formula() -> Formula:
    a, b, c, d, e, f, g, h, i, j = (Leaf(condition=condition) for condition in CONDITIONS)
    return Group(
        how="all",
        parts=(
            Group(how="any", parts=(a, b, Leaf(condition=c.condition, negated=True))),
            Group(how="none", parts=(g, Group(how="all", parts=(d, e)))),
            Group(how="any", parts=(Group(how="all", parts=(f, h)), i)),
            Leaf(condition=j.condition, negated=True),
        ),
    )


def _bitmap(words: np.ndarray) -> BitMap:
    """The set of the bits, in Roaring's portable format: only so it is made fast."""
    blocks = words.reshape(-1, BLOCK // 64)
    counts = np.bitwise_count(blocks).sum(axis=1, dtype=np.int64)
    if (counts <= 4_096).any():
        raise ValueError("so few bits would be stored another way")
    heads = np.empty((len(blocks), 2), dtype="<u2")
    heads[:, 0], heads[:, 1] = np.arange(len(blocks)), counts - 1
    start = 8 + len(blocks) * 8
    offsets = (start + np.arange(len(blocks)) * BLOCK // 8).astype("<u4")
    parts = (struct.pack("<II", 12_346, len(blocks)), heads.tobytes(), offsets.tobytes())
    return BitMap.deserialize(b"".join((*parts, blocks.astype("<u8").tobytes())))
