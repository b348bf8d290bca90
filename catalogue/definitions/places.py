"""Where each node of a tree stands, as a JSON pointer: `/where/all/0`."""

from __future__ import annotations

from collections.abc import Iterator

from catalogue.definitions.heads import head_of
from catalogue.definitions.nodes import (
    AccountMembers,
    Bottom,
    Customers,
    Node,
    Not,
    Subject,
    Top,
    about_below,
    children,
)

ROOT = "/where"


def places(node: Node, pointer: str = ROOT) -> Iterator[tuple[str, Node]]:
    """(pointer, node) of the node and everything below it, in the order of the document."""
    yield pointer, node
    for place, child in places_below(node, pointer):
        yield from places(child, place)


def places_about(
    node: Node, subject: Subject, pointer: str = ROOT
) -> Iterator[tuple[str, Node, Subject]]:
    """What `places` gives, each with whom it is about."""
    yield pointer, node, subject
    for place, child in places_below(node, pointer):
        yield from places_about(child, about_below(node, subject), place)


def places_below(node: Node, pointer: str = ROOT) -> list[tuple[str, Node]]:
    """(pointer, node) of the children of a node at `pointer`; none for a condition on one's own
    traits and events."""
    if isinstance(node, AccountMembers | Customers):
        return [(f"{pointer}/where", node.where)]
    if isinstance(node, Top | Bottom):
        return [(f"{pointer}/among", node.among)]
    group = f"{pointer}/{head_of(node).name}"
    if isinstance(node, Not):
        return [(group, node.child)]
    return [(f"{group}/{position}", child) for position, child in enumerate(children(node))]
