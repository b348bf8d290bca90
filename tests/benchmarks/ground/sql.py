"""Segments judged by a data base: of all ways to ask for one, the fastest is found out once."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from tests.benchmarks.ground.contestant import Members, rising
from tests.benchmarks.ground.segments import TWO_HUNDRED, segments
from tests.benchmarks.ground.statements import Source, statements

Ask = Callable[[str], np.ndarray]


class Disagreement(Exception):
    """Two ways to ask a data base for one segment give different members."""


class Statements:
    """One best statement for each segment, asked by `ask`, which answers with customers; `numbers`
    are those of the ground by what the data base calls customers (None: the same). Which one was
    best is kept in a file `kept`, for as long as the statements stay the same."""

    def __init__(
        self,
        source: Source,
        ask: Ask,
        *,
        numbers: np.ndarray | None = None,
        kept: Path | None = None,
    ) -> None:
        self._ask, self._numbers, self._kept = ask, numbers, kept
        self._ways = {key: statements(tree, source) for key, tree in segments(TWO_HUNDRED).items()}
        self._made = hashlib.sha256(repr(self._ways).encode()).hexdigest()
        self._best = self._read()

    def members(self, count: int) -> Members:
        """Whom each of the first segments has; finds out which way is best where that is not known
        yet. Raises Disagreement."""
        found = {key: self._members(key) for key in list(self._ways)[:count]}
        if self._kept is not None:
            self._kept.write_text(json.dumps({"of": self._made, "best": self._best}))
        return found

    def refresh(self, count: int) -> None:
        """Ask for all of them, each the best way."""
        for key in list(self._ways)[:count]:
            self._ask(self._ways[key][self._best[key]])

    def _read(self) -> dict[str, int]:
        if self._kept is None or not self._kept.exists():
            return {}
        kept = json.loads(self._kept.read_text())
        return dict(kept["best"]) if kept["of"] == self._made else {}

    def _members(self, key: str) -> np.ndarray:
        if key not in self._best:
            self._best[key] = self._fastest(key)
        return self._answer(self._ways[key][self._best[key]])

    def _fastest(self, key: str) -> int:
        found, took = [], []
        for way in self._ways[key]:
            started = time.perf_counter()
            found.append(self._answer(way))
            took.append(time.perf_counter() - started)
        if not all(np.array_equal(found[0], other) for other in found):
            sizes = [len(one) for one in found]
            raise Disagreement(f"{key} has {sizes} members: {self._ways[key]}")
        return int(np.argmin(took))

    def _answer(self, way: str) -> np.ndarray:
        answer = self._ask(way)
        return rising(answer if self._numbers is None else self._numbers[answer])
