"""A definition's nodes beside the formulas they became, where each stands and whom it is about."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from catalogue.definitions.nodes import Node, Subject, about_below
from catalogue.definitions.places import ROOT, places_below
from catalogue.engine.plan import Among, Formula, parts_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """One node of a tree. `pointer`: where it stands, as in `/where/all/0`. `about`: whether it is
    true or false of customers or of accounts. `of_many`: it is asked of the customers of an
    account, not of who is judged."""

    pointer: str
    node: Node
    formula: Formula
    about: Subject = "customer"
    of_many: bool = False


def placed(
    node: Node, formula: Formula, about: Subject = "customer", pointer: str = ROOT
) -> Iterator[Placed]:
    """The node and everything below it, in the order of the document."""
    root = Placed(pointer=pointer, node=node, formula=formula, about=about)
    yield from _within(root)


def _within(one: Placed) -> Iterator[Placed]:
    yield one
    for below in placed_below(one):
        yield from _within(below)


def placed_below(one: Placed) -> list[Placed]:
    """The children of a node: of a group, of a ranking what it is made among, of a condition on an
    account's customers what they are asked; none of any other condition."""
    about, of_many = about_below(one.node, one.about), one.of_many or isinstance(one.formula, Among)
    below = zip(places_below(one.node, one.pointer), parts_of(one.formula), strict=True)
    return [
        Placed(pointer=pointer, node=child, formula=part, about=about, of_many=of_many)
        for (pointer, child), part in below
    ]
