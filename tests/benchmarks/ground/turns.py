"""Several ways to do one thing, timed in turns so that a busy moment of the machine hits all."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping


def medians(ways: Mapping[str, Callable[[], float]], rounds: int) -> dict[str, float]:
    """The median of what each way answers, over so many rounds in which each has its turn."""
    took: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            took[name].append(way())
    return {name: statistics.median(times) for name, times in took.items()}
