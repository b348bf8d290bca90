"""Conjunctions of facts under which the goal is reached more or less often, looked for in one half
of the people: by beam search (pysubgroup), and in the leaves of a decision tree (scikit-learn)."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pysubgroup as ps
from sklearn.tree import DecisionTreeClassifier

from catalogue.definitions.nodes import All, Node
from catalogue.discovery.facts import Fact
from catalogue.engine.conditions.bench import Mask

DEPTH = 3
BEAM = 20
_TASKS = itertools.count()


@dataclass(frozen=True, slots=True, kw_only=True)
class Literal:
    """A fact, or the opposite of one; `mask` has shape (people,)."""

    node: Node
    mask: Mask


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """Literals that hold together for a group."""

    literals: tuple[Literal, ...]

    @property
    def mask(self) -> Mask:
        """Who is in it, of all people."""
        return np.asarray(np.logical_and.reduce([one.mask for one in self.literals]))

    @property
    def node(self) -> Node:
        """The group in the language."""
        nodes = tuple(one.node for one in self.literals)
        return nodes[0] if len(nodes) == 1 else All(children=nodes)

    def without(self, place: int) -> Candidate:
        """The wider group without one of several literals."""
        return Candidate(literals=self.literals[:place] + self.literals[place + 1 :])


def candidates(
    facts: Sequence[Fact], reached: Mask, looked_at: Mask, fewest: int
) -> tuple[list[Candidate], int]:
    """Candidates of at least `fewest` of the people looked at, and how many conjunctions were
    weighed for them."""
    literals = [literal for fact in facts for literal in _literals(fact)]
    found, weighed = [], 0
    for wanted in (reached[looked_at], ~reached[looked_at]):
        best, tried = _by_beam(literals, wanted, looked_at, fewest)
        found += best
        weighed += tried
    leaves = list(_by_tree(facts, reached, looked_at, fewest))
    return found + leaves, weighed + len(leaves)


def _literals(fact: Fact) -> Iterator[Literal]:
    yield Literal(node=fact.node, mask=fact.mask)
    if fact.is_handy:
        yield Literal(node=fact.opposite, mask=~fact.mask)


class _Known(ps.EqualitySelector):  # type: ignore[misc]
    """A literal whose mask is at hand, so that no column has to be compared again and again."""

    mask: Mask

    def covers(self, _data: pd.DataFrame) -> Mask:
        return self.mask


class _Quality(ps.SimpleBinomialQF):  # type: ignore[misc]
    """Excess of the goal times the root of the size, counting how often it is asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.weighed = 0

    def evaluate(self, *args: object, **kwargs: object) -> float:
        self.weighed += 1
        return float(super().evaluate(*args, **kwargs))


def _by_beam(
    literals: Sequence[Literal], wanted: Mask, looked_at: Mask, fewest: int
) -> tuple[list[Candidate], int]:
    quality = _Quality()
    known = _known(literals, looked_at)
    task = ps.SubgroupDiscoveryTask(
        pd.DataFrame({"wanted": wanted}),
        ps.BinaryTarget("wanted", True),
        list(known),
        qf=quality,
        result_set_size=BEAM,
        depth=DEPTH,
        min_quality=0,
        constraints=[ps.MinSupportConstraint(fewest)],
    )
    # Of an empty group it takes the rate before it looks at the size.
    with np.errstate(invalid="ignore"):
        results = ps.BeamSearch(beam_width=BEAM).execute(task).results
    places = (sorted(known[one] for one in group.selectors) for _, group, _ in results)
    found = [Candidate(literals=tuple(literals[k] for k in some)) for some in places if some]
    return found, quality.weighed


def _known(literals: Sequence[Literal], looked_at: Mask) -> dict[_Known, int]:
    """A selector for each literal, with its place."""
    # Selectors of one name are one object for the whole process, so no name is used twice. Where
    # groups tie, their names decide: the place comes first, so that they do so in the same way.
    task, known = next(_TASKS), {}
    for place, literal in enumerate(literals):
        selector = _Known(f"{place:06}.{task}", True)
        selector.mask = literal.mask[looked_at]
        known[selector] = place
    return known


def _by_tree(
    facts: Sequence[Fact], reached: Mask, looked_at: Mask, fewest: int
) -> Iterator[Candidate]:
    features = np.column_stack([fact.mask[looked_at] for fact in facts])
    fitted = DecisionTreeClassifier(max_depth=DEPTH, min_samples_leaf=fewest, random_state=0)
    tree = fitted.fit(features, reached[looked_at]).tree_
    paths: list[tuple[int, tuple[Literal, ...]]] = [(0, ())]
    while paths:
        place, literals = paths.pop()
        if tree.feature[place] < 0:
            if literals:
                yield Candidate(literals=literals)
            continue
        fact = facts[tree.feature[place]]
        without = Literal(node=fact.opposite, mask=~fact.mask)
        paths.append((tree.children_left[place], (*literals, without)))
        paths.append(
            (tree.children_right[place], (*literals, Literal(node=fact.node, mask=fact.mask)))
        )
