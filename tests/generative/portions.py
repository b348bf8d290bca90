"""Generated segments as the engine is given them, no more of a case than a test can afford."""

from __future__ import annotations

from collections.abc import Collection

from catalogue.definitions import nodes as n
from catalogue.definitions.places import places_about
from catalogue.engine.given_segments import GivenSegment
from catalogue.engine.inputs import SegmentInput
from catalogue.engine.judge_given import _input
from catalogue.engine.moving import window_moves
from catalogue.warehouse.memory import MemoryTables
from tests.generative.cases import SEGMENTS, WALKS, Case


def tree(given: GivenSegment) -> list[tuple[str, n.Node, n.Subject]]:
    """(pointer, node, whom it is about) of a segment's definition; nothing of a static list."""
    definition = given.definition
    return [] if definition is None else list(places_about(definition.where, definition.subject))


def inputs_for(keys: Collection[str], case: Case, tables: MemoryTables) -> dict[str, SegmentInput]:
    """The segments and all that they refer to."""
    found: dict[str, SegmentInput] = {}
    waiting = list(keys)
    while waiting:
        key = waiting.pop()
        if key in case.segments and key not in found:
            found[key] = _input(case.segments[key], tables)
            nodes = [node for _, node, _ in tree(case.segments[key])]
            waiting += [node.key for node in nodes if isinstance(node, n.InSegment)]
    return found


def of_middling_size(case: Case, count: int) -> list[str]:
    """The keys of some segments that are neither the longest nor the shortest."""
    ordered = sorted(SEGMENTS, key=lambda key: len(tree(case.segments[key])))
    start = (len(ordered) - count) // 2
    return ordered[start : start + count]


def on_order_or_habit(count: int) -> list[str]:
    """The keys of some segments that hold a walk."""
    return list(WALKS[:count])


def that_time_changes(case: Case) -> list[str]:
    """The key of the shortest segment with a window that moves, if there is one."""
    moving = [
        key
        for key, given in case.segments.items()
        if any(_moves(node) for _, node, _ in tree(given)) and len(tree(given)) > 1
    ]
    return sorted(moving, key=lambda key: len(tree(case.segments[key])))[:1]


def that_holds_accounts(case: Case) -> list[str]:
    """The key of the shortest segment of accounts that asks something of their customers."""
    asking = [
        key
        for key, given in case.segments.items()
        if any(isinstance(node, n.Customers) for _, node, _ in tree(given))
    ]
    return sorted(asking, key=lambda key: len(tree(case.segments[key])))[:1]


def _moves(node: n.Node) -> bool:
    window = getattr(node, "window", None)
    return window is not None and window_moves(window) and not isinstance(node, n.Aggregate)
