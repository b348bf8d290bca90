"""Every head of the language, in one table. A new head is one more entry here.

What it takes: a node in `nodes`, a `Head` in one of the `*_heads` modules, sentences in `english`,
and its condition in the engine.
"""

from __future__ import annotations

from catalogue.definitions import account_heads, event_heads, group_heads, trait_heads
from catalogue.definitions.nodes import Aggregate, Node
from catalogue.definitions.registry import Head

HEADS: dict[str, Head] = {
    head.name: head
    for head in (
        *group_heads.HEADS,
        *trait_heads.HEADS,
        *event_heads.HEADS,
        *account_heads.HEADS,
    )
}
# Part of the language, not yet of this release.
LATER = (
    "sequence",
    "dropped_off",
    "stopped",
    "resumed",
    "regularly",
    "active_days",
    "latest",
    "held",
    "top",
    "bottom",
    "sample",
)
NAMES = (*HEADS, *LATER)
_BY_NODE = {head.node: head for head in HEADS.values()}


def head_of(node: Node) -> Head:
    """The head that reads and writes a node."""
    return HEADS[node.function] if isinstance(node, Aggregate) else _BY_NODE[type(node)]
