"""Segments judged by a data base: of all ways to ask for one, the fastest is found out once."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from tests.benchmarks.ground.contestant import Members, rising
from tests.benchmarks.ground.segments import TWO_HUNDRED, segments
from tests.benchmarks.ground.statements import Source, statements

# Answers as the data base gives them, and the numbers of customers that they stand for.
Ask = Callable[[str], Any]
Numbered = Callable[[Any], np.ndarray]


class Disagreement(Exception):
    """Two ways to ask a data base for one segment give different members."""


class Statements:
    """One best statement for each segment, asked by `ask`; `numbered` tells which customers an
    answer names, by their numbers in the ground. Which one was best is kept in a file `kept`, for
    as long as the statements stay the same."""

    def __init__(
        self,
        source: Source,
        ask: Ask,
        *,
        numbered: Numbered = np.asarray,
        kept: Path | None = None,
    ) -> None:
        self._ask, self._numbered, self._kept = ask, numbered, kept
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
            answer = self._ask(way)
            took.append(time.perf_counter() - started)
            found.append(rising(self._numbered(answer)))
        if not all(np.array_equal(found[0], other) for other in found):
            sizes = [len(one) for one in found]
            raise Disagreement(f"{key} has {sizes} members: {self._ways[key]}")
        return int(np.argmin(took))

    def _answer(self, way: str) -> np.ndarray:
        return rising(self._numbered(self._ask(way)))
