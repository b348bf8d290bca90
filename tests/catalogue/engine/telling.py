"""Explanations of one customer of a small world."""

from __future__ import annotations

from datetime import datetime

from catalogue.definitions import nodes as n
from catalogue.definitions.describe import Labels
from catalogue.engine.explain import Explained, NodeExplained, explain
from catalogue.engine.inputs import SegmentInput
from catalogue.warehouse.given import World
from catalogue.warehouse.memory import MemoryTables
from tests.catalogue.engine.small_world import NOW, segment


def told(
    where: n.Node | dict[str, SegmentInput],
    given: World,
    who: str,
    *,
    key: str = "it",
    now: datetime = NOW,
    labels: Labels | None = None,
) -> Explained:
    """The explanation of one customer."""
    segments = where if isinstance(where, dict) else {"it": segment(where)}
    with MemoryTables.from_world(given) as tables:
        ordinal = tables.survivors.get(tables.ordinals[who], tables.ordinals[who])
        found = explain(segments, ordinal, tables, now=now, keys=[key], labels=labels)[key]
    assert isinstance(found, Explained)
    return found


def root(where: n.Node, given: World, who: str) -> NodeExplained:
    """What is said of the whole tree."""
    return told(where, given, who).nodes[0]
