"""Segments judged by a data base: of all ways to ask for one, the fastest is found out first."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from tests.benchmarks.ground.contestant import Members, rising
from tests.benchmarks.ground.segments import TWO_HUNDRED, segments
from tests.benchmarks.ground.statements import Source, statements

Ask = Callable[[str], np.ndarray]


class Disagreement(Exception):
    """Two ways to ask a data base for one segment give different members."""


class Statements:
    """One best statement for each segment, asked by `ask`, which answers with customers; `numbers`
    are those of the ground by what the data base calls customers (None: the same)."""

    def __init__(self, source: Source, ask: Ask, numbers: np.ndarray | None = None) -> None:
        self._ask, self._numbers = ask, numbers
        self._ways = {key: statements(tree, source) for key, tree in segments(TWO_HUNDRED).items()}
        self.best: dict[str, str] = {}

    def members(self, count: int) -> Members:
        """Whom each of the first segments has; finds out which way is best on the way there.
        Raises Disagreement."""
        return {key: self._try(key) for key in list(self._ways)[:count]}

    def refresh(self, count: int) -> None:
        """Ask for all of them, each the best way."""
        for key in list(self._ways)[:count]:
            self._ask(self.best[key])

    def _try(self, key: str) -> np.ndarray:
        found, took = [], []
        for way in self._ways[key]:
            started = time.perf_counter()
            answer = self._ask(way)
            took.append(time.perf_counter() - started)
            found.append(rising(answer if self._numbers is None else self._numbers[answer]))
        if not all(np.array_equal(found[0], other) for other in found):
            sizes = [len(one) for one in found]
            raise Disagreement(f"{key} has {sizes} members: {self._ways[key]}")
        self.best[key] = self._ways[key][int(np.argmin(took))]
        return found[0]
