"""Every head of the language, in one table. A new head is one more entry here.

What it takes: a node in `nodes`, a `Head` in one of the `*_heads` modules, sentences in `english`,
and its condition in the engine.
"""

from __future__ import annotations

from catalogue.definitions import (
    account_heads,
    event_heads,
    group_heads,
    held_head,
    rank_heads,
    trait_heads,
    walk_heads,
)
from catalogue.definitions.nodes import Aggregate, Node
from catalogue.definitions.registry import Head

HEADS: dict[str, Head] = {
    head.name: head
    for head in (
        *group_heads.HEADS,
        *trait_heads.HEADS,
        *event_heads.HEADS,
        *walk_heads.HEADS,
        *held_head.HEADS,
        *rank_heads.HEADS,
        *account_heads.HEADS,
    )
}
NAMES = tuple(HEADS)
_BY_NODE = {head.node: head for head in HEADS.values()}


def head_of(node: Node) -> Head:
    """The head that reads and writes a node."""
    return HEADS[node.function] if isinstance(node, Aggregate) else _BY_NODE[type(node)]
