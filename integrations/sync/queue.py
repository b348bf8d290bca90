"""The batches of a delivery, in order: cut as they are asked for, halves of a refused one first."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from itertools import chain

from integrations.pieces import cut
from integrations.protocol import Limits, Record
from integrations.sync.plan import halves


class Queue:
    """Batches of at most `limits` from records that come in slices. Iterating takes them out."""

    def __init__(self, slices: Iterator[tuple[Record, ...]], limits: Limits) -> None:
        self._cut = chain.from_iterable(cut(some, limits) for some in slices)
        self._first: deque[tuple[Record, ...]] = deque()

    def __iter__(self) -> Iterator[tuple[Record, ...]]:
        while (batch := self._next()) is not None:
            yield batch

    def return_halves(self, refused: tuple[Record, ...]) -> None:
        """Put records back that have to be sent again in halves, before all others."""
        if refused:
            self._first.extendleft(piece for piece in reversed(halves(refused)) if piece)

    def _next(self) -> tuple[Record, ...] | None:
        return self._first.popleft() if self._first else next(self._cut, None)
