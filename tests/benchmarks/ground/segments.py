"""A catalogue of segments as companies have them: made by chance from a seed, always the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

import numpy as np

from tests.benchmarks.ground.conditions import Condition, Happened, Has, Window
from tests.benchmarks.ground.customers import COUNTRIES, INDUSTRIES, PLANS, ROLES, TRAITS
from tests.benchmarks.ground.events import ITEMS, NAMES, PAID

SEED = 20260914
HUNDRED, TWO_HUNDRED = 100, 200
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """A condition, or its complement."""

    condition: Condition
    negated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """All, any or none of the parts."""

    how: Literal["all", "any", "none"]
    parts: tuple[Tree, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """The members of another segment; `tree` is that one's own."""

    key: str
    tree: Tree


Tree = Leaf | Group | Built


def segments(count: int) -> dict[str, Tree]:
    """The first so many segments, by key. Those of a hundred are the first of two hundred."""
    chance = _Chance(np.random.default_rng(SEED))
    trees: dict[str, Tree] = {}
    for number in range(count):
        trees[f"segment-{number:03}"] = chance.tree(trees)
    return trees


def document(tree: Tree) -> dict[str, object]:
    """The tree in the definition language."""
    match tree:
        case Built(key=key):
            return {"in_segment": key}
        case Group(how=how, parts=parts):
            return {how: [document(part) for part in parts]}
        case Leaf(condition=condition, negated=False):
            return condition.document()
    absence = tree.condition.document_of_absence() if isinstance(tree.condition, Happened) else None
    return absence or {"not": tree.condition.document()}


def leaves(tree: Tree) -> Iterator[Leaf]:
    """All conditions of a tree, also of what it is built on, as often as they stand there."""
    match tree:
        case Leaf():
            yield tree
        case Built(tree=inner):
            yield from leaves(inner)
        case Group(parts=parts):
            for part in parts:
                yield from leaves(part)


def conditions(trees: Mapping[str, Tree]) -> list[Condition]:
    """Every distinct condition, in order."""
    return list(dict.fromkeys(leaf.condition for tree in trees.values() for leaf in leaves(tree)))


class _Chance:
    """Draws with the odds of a company's catalogue: round numbers of days, few favourite traits."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.rng = rng

    def tree(self, before: Mapping[str, Tree]) -> Tree:
        """A segment of one to five conditions, mostly `all` of them."""
        size = self._one((1, 2, 3, 4, 5), (3, 6, 6, 4, 1))
        if size == 1:
            return Leaf(condition=self.condition())
        parts = [self._part(before) for _ in range(size)]
        return Group(how="all", parts=tuple(parts))

    def _part(self, before: Mapping[str, Tree]) -> Tree:
        odds = (70, 14, 8, 4, 4 if len(before) > 10 else 0)
        match self._one(("plain", "absent", "any", "none", "built"), odds):
            case "plain":
                return Leaf(condition=self.condition())
            case "absent":
                is_plain = self.rng.random() < 0.75
                condition = self._did() if is_plain else self.condition()
                return Leaf(condition=condition, negated=True)
            case "built":
                key = self._one(tuple(before))
                return Built(key=key, tree=before[key])
            case how:
                parts = (Leaf(condition=self.condition()), Leaf(condition=self.condition()))
                return Group(how="any" if how == "any" else "none", parts=parts)

    def condition(self) -> Condition:
        """Any condition."""
        kinds = (self._has, self._did, self._often, self._seldom, self._spent, self._edge)
        make = self._one(kinds, (34, 26, 14, 6, 12, 8))
        return make()

    def _did(self) -> Happened:
        event = self._one(NAMES, _falling(len(NAMES)))
        item = self._one(ITEMS) if event in PAID and self.rng.random() < 0.25 else None
        return Happened(event=event, figure="count", window=self._window(), item=item)

    def _often(self) -> Happened:
        bound, days = self._one((2, 3, 5, 10), (3, 5, 2, 1)), self._one((7, 30, 90), (2, 5, 2))
        event = self._one(NAMES, _falling(len(NAMES)))
        return Happened(event=event, figure="count", window=Window(oldest=days), bound=bound)

    def _seldom(self) -> Happened:
        event = self._one(NAMES, _falling(len(NAMES)))
        window = Window(oldest=self._one((30, 90)))
        bound = self._one((2, 3, 5), (2, 4, 1))
        return Happened(event=event, figure="count", window=window, sign="<", bound=bound)

    def _spent(self) -> Happened:
        figure: Literal["sum", "largest"] = self._one(("sum", "largest"), (4, 1))
        bound = self._one((5_000, 10_000, 25_000, 50_000), (2, 4, 2, 1))
        sign: Literal[">", ">="] = self._one((">", ">="))
        window = Window(oldest=self._one((30, 90)))
        event = self._one(PAID, (5, 1))
        return Happened(event=event, figure=figure, window=window, sign=sign, bound=bound)

    def _edge(self) -> Happened:
        """Recency: the last event long ago or just now, the first one lately."""
        event = self._one(NAMES, _falling(len(NAMES)))
        days = self._one((7, 14, 30, 60, 90), (2, 3, 5, 1, 3))
        match self._one(("quiet", "lately", "new"), (5, 1, 2)):
            case "quiet":
                return Happened(event=event, figure="last", window=Window(newest=days))
            case "lately":
                return Happened(event=event, figure="last", window=Window(oldest=days))
        return Happened(event=event, figure="first", window=Window(oldest=days))

    def _window(self) -> Window:
        days = self._one((1, 3, 7, 14, 30, 60, 90), (1, 1, 6, 3, 12, 2, 6))
        return Window(oldest=days, newest=days // 3 if self.rng.random() < 0.06 else 0)

    def _has(self) -> Has:
        match self._one(TRAITS):
            case "plan":
                return Has(trait="plan", kind="in", value=self._some(PLANS))
            case "country":
                return Has(trait="country", kind="in", value=self._some(COUNTRIES[:5]))
            case "role":
                return Has(trait="role", kind="in", value=self._some(ROLES[:3]))
            case "industry":
                return Has(trait="industry", kind="in", value=(self._one(INDUSTRIES[:4]),))
            case "seats":
                return Has(trait="seats", kind=">=", value=self._one((5, 10, 20, 50)))
            case "health":
                return Has(
                    trait="health", kind=self._one((">=", "<")), value=self._one((30, 50, 70))
                )
            case "newsletter":
                return Has(trait="newsletter", kind="in", value=True)
        kind: Literal["past", "next"] = self._one(("past", "next"))
        return Has(trait="trial_ends_at", kind=kind, value=self._one((3, 7, 14)))

    def _some(self, values: tuple[str, ...]) -> tuple[str, ...]:
        first = int(self.rng.integers(len(values)))
        return values[first : first + 1 + int(self.rng.random() < 0.3)]

    def _one(self, values: Sequence[T], odds: Sequence[float] | None = None) -> T:
        shares = None if odds is None else np.array(odds) / sum(odds)
        return values[int(self.rng.choice(len(values), p=shares))]


def _falling(count: int) -> tuple[float, ...]:
    """Odds that fall off slowly: what happens rarely is asked about often enough."""
    return tuple(1 / (2 + place) for place in range(count))
