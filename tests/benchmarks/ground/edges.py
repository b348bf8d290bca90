"""Customers who stand on the edges of windows: of each, one event decides, and it lies on an edge
that the segments use, or one microsecond beside it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from tests.benchmarks.ground.conditions import Condition, Happened, Has
from tests.benchmarks.ground.events import CODES, ITEMS, PAID, Happenings
from tests.benchmarks.ground.scale import DAY

BESIDE = (-1, 0, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class OnEdge:
    """One customer, by place among those on edges: the condition, the instant of the event that
    decides, and its distance from the edge in microseconds. The last copy of each has another
    item than the condition asks for."""

    place: int
    condition: Happened
    at: int
    beside: int
    has_item: bool


def on_edges(conditions: Iterable[Condition], copies: int) -> Iterator[OnEdge]:
    """Every edge of every condition on events, both sides of it too, so many copies of each."""
    place = 0
    for condition in conditions:
        if isinstance(condition, Has):
            continue
        for edge in condition.window.edges:
            for beside in BESIDE:
                for copy in range(copies):
                    has_item = condition.item is None or copy + 1 < copies
                    yield OnEdge(
                        place=place,
                        condition=condition,
                        at=edge + beside,
                        beside=beside,
                        has_item=has_item,
                    )
                    place += 1


def dates_on_edges(conditions: Iterable[Condition]) -> list[int]:
    """The edges of the windows on dates of traits."""
    edges = {edge for one in conditions if isinstance(one, Has) for edge in one.edges}
    return sorted(edges)


def happenings(customers: Iterable[OnEdge], first: int) -> Happenings:
    """Their events; the customer at place 0 has the number `first`."""
    rows = [
        (CODES[one.condition.event], first + one.place, at, cents, _item(one))
        for one in customers
        for at, cents in _events(one)
    ]
    code, customer, at, cents, item = np.array(rows, dtype=np.int64).reshape(-1, 5).T
    return Happenings(
        code=code.astype(np.uint8),
        customer=customer.astype(np.int32),
        at=at,
        cents=cents,
        item=item.astype(np.uint8),
    )


def _events(one: OnEdge) -> Iterator[tuple[int, int]]:
    """Instant and cents: what is not yet enough, well inside, and the one that decides."""
    condition, window = one.condition, one.condition.window
    inside = max((window.start + window.end) // 2, window.end - 10 * DAY)
    needs = 0 if condition.sign == ">=" else 1  # cents beyond the bound
    match condition.figure:
        case "count":
            yield from ((inside + place, 100) for place in range(condition.bound - 1))
            yield one.at, 100
        case "sum":
            yield inside, condition.bound + needs - 1
            yield one.at, 1
        case "largest":
            yield one.at, condition.bound + needs
        case _:
            yield one.at, 100


def _item(one: OnEdge) -> int:
    if one.condition.event not in PAID:
        return 0
    wanted = ITEMS.index(one.condition.item or ITEMS[0])
    return wanted if one.has_item else (wanted + 1) % len(ITEMS)
