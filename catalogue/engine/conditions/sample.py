"""Samples: a draw of 64 bits for each customer, made of the salt and the id alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

import numpy as np
import numpy.typing as npt

from catalogue.definitions.nodes import Sample
from catalogue.engine.conditions.bench import Mask

DRAWS = 2**64
Draws = npt.NDArray[np.uint64]


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleCondition:
    """The customer's draw, a whole number from 0 to 2^64 − 1, lies below `limit`."""

    salt: str
    limit: int

    def judge(self, draws: Draws) -> Mask:
        """Where a draw is in."""
        if self.limit >= DRAWS:  # which no draw can hold
            return np.ones(len(draws), dtype=bool)
        return np.asarray(draws < np.uint64(self.limit))


def sample_condition(node: Sample) -> SampleCondition:
    """The condition of the head `sample`: draw ÷ 2^64 < share, in whole numbers."""
    share = node.share.fraction
    # Rounded up: a whole number is below the bound exactly when it is below the next whole one.
    return SampleCondition(salt=node.salt, limit=-(-share.numerator * DRAWS // share.denominator))


def draws(salt: str, ids: Iterable[str]) -> Draws:
    """The first 8 bytes of SHA-256(salt + ":" + id), most significant first, of each id."""
    salted = f"{salt}:".encode()
    digests = b"".join(sha256(salted + id_.encode()).digest()[:8] for id_ in ids)
    return np.frombuffer(digests, dtype=">u8").astype(np.uint64)
