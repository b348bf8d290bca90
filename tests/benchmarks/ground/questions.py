"""What people ask between two refreshes: how many would it be, and why is this one in."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from tests.benchmarks.ground.conditions import Happened
from tests.benchmarks.ground.product import keys
from tests.benchmarks.ground.scale import NOW
from tests.benchmarks.ground.segments import (
    HUNDRED,
    Group,
    Leaf,
    Tree,
    conditions,
    document,
    segments,
)

SEED = 4


def after_changing_a_condition(times: int) -> list[float]:
    """Milliseconds of estimates of definitions of which one condition was changed, each right after
    that of the definition as it was."""
    changed = _changed(np.random.default_rng(SEED))
    took = []
    for before, after in (next(changed) for _ in range(times)):
        _estimate(before)
        took.append(_milliseconds(lambda tree=after: _estimate(tree)))  # type: ignore[misc]
    return took


def moving_a_threshold(times: int) -> list[float]:
    """The same where only the number that a figure is compared with is another one."""
    moved = _moved(np.random.default_rng(SEED))
    took = []
    for before, after in (next(moved) for _ in range(times)):
        _estimate(before)
        took.append(_milliseconds(lambda tree=after: _estimate(tree)))  # type: ignore[misc]
    return took


def explaining_a_customer(times: int) -> list[float]:
    """Milliseconds of explaining why one customer is in one segment, or not."""
    from catalogue.membership.explaining import explain

    rng, size = np.random.default_rng(SEED), _population()
    pairs = [(keys(HUNDRED)[int(rng.integers(HUNDRED))], int(rng.integers(size)))]
    pairs += [
        (keys(HUNDRED)[int(rng.integers(HUNDRED))], int(rng.integers(size))) for _ in range(times)
    ]
    took = [
        _milliseconds(lambda key=key, one=one: explain(keys=[key], ordinal=one, now=NOW))  # type: ignore[misc]
        for key, one in pairs
    ]
    return took[1:]  # whatever a process does only once is no part of it


def laying_all_over_each_other(times: int) -> list[float]:
    """Milliseconds of counting what every two of a hundred published segments have in common, after
    their members were read and checked once."""
    from catalogue.membership.overlap import overlap

    took = [_milliseconds(lambda: overlap(keys(HUNDRED), viewer=None)) for _ in range(times + 1)]
    return took[1:]


def _milliseconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1000


def _population() -> int:
    from catalogue.models import Customer

    return Customer.objects.count()


def _estimate(tree: Tree) -> None:
    from catalogue.definitions.parse import parse_definition
    from catalogue.membership.estimating import estimate

    definition = parse_definition({"timezone": "UTC", "where": document(tree)})
    estimate(definition, now=NOW, seconds=600)


def _groups(rng: np.random.Generator) -> Iterator[Group]:
    """Segments of several conditions, in no order, over and over."""
    trees = [tree for tree in segments(HUNDRED).values() if isinstance(tree, Group)]
    while True:
        yield trees[int(rng.integers(len(trees)))]


def _changed(rng: np.random.Generator) -> Iterator[tuple[Tree, Tree]]:
    known = conditions(segments(HUNDRED))
    for tree in _groups(rng):
        place = int(rng.integers(len(tree.parts)))
        other = Leaf(condition=known[int(rng.integers(len(known)))])
        yield tree, _with(tree, place, other)


def _moved(rng: np.random.Generator) -> Iterator[tuple[Tree, Tree]]:
    for tree in _groups(rng):
        for place, part in enumerate(tree.parts):
            if not isinstance(part, Leaf) or not isinstance(part.condition, Happened):
                continue
            if part.condition.figure in ("count", "sum", "largest"):
                bound = part.condition.bound + 1 + int(rng.integers(3))
                condition = replace(part.condition, bound=bound)
                yield tree, _with(tree, place, replace(part, condition=condition))
                break


def _with(tree: Group, place: int, part: Tree) -> Group:
    parts = (*tree.parts[:place], part, *tree.parts[place + 1 :])
    return replace(tree, parts=parts)
