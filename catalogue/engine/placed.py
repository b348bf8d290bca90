"""A definition's nodes beside the formulas they became, and where each stands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from catalogue.definitions.nodes import Node
from catalogue.definitions.places import ROOT, places_below
from catalogue.engine.plan import Formula, parts_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """One node of a tree. `pointer`: where it stands, as in `/where/all/0`."""

    pointer: str
    node: Node
    formula: Formula


def placed(node: Node, formula: Formula, pointer: str = ROOT) -> Iterator[Placed]:
    """The node and everything below it, in the order of the document."""
    root = Placed(pointer=pointer, node=node, formula=formula)
    yield root
    for one in placed_below(root):
        yield from placed(one.node, one.formula, one.pointer)


def placed_below(one: Placed) -> list[Placed]:
    """The children of a group, or what a ranking is made among; none for any other condition."""
    below = zip(places_below(one.node, one.pointer), parts_of(one.formula), strict=True)
    return [Placed(pointer=pointer, node=child, formula=part) for (pointer, child), part in below]
