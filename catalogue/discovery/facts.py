"""Simple conditions that split people in two, from the columns: what groups are put together of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from sklearn.tree import DecisionTreeClassifier

from catalogue.definitions.nodes import (
    Comparator,
    Comparison,
    Count,
    Did,
    DidNot,
    Node,
    Not,
    Operator,
    Term,
    Trait,
)
from catalogue.discovery.columns import Column, EventColumn, People, TraitColumn
from catalogue.engine.conditions.bench import Mask

Floats = npt.NDArray[np.float64]
# Of a trait with many values only the most frequent ones can make a group worth a name.
MOST_VALUES = 20
# Cuts that part reached from not reached best, and besides those tenths of the people.
LEAVES, TENTHS = 6, 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A condition of the language, who fits, and its exact complement among these people.
    `is_handy`: the complement is a condition that one would write too, as “less than 5” is, while
    “is not Germany” is not much of a group."""

    node: Node
    opposite: Node
    mask: Mask
    is_handy: bool


def facts_of(people: People, searched: Mask, fewest: int) -> tuple[Fact, ...]:
    """All facts that part the people who are `searched` so that both sides have at least `fewest`.
    Only those people decide where columns are cut."""
    found = (
        fact for column in people.columns for fact in _of_column(column, people, searched, fewest)
    )
    return tuple(fact for fact in found if _is_wide(fact.mask[searched], fewest))


def _of_column(column: Column, people: People, searched: Mask, fewest: int) -> Iterator[Fact]:
    if isinstance(column, EventColumn):
        numbers = column.counts.astype(np.float64)
        yield _did(column)
        for cut in _cuts(numbers[searched], people.reached[searched], fewest):
            if cut > 1:  # once or more is what `did` says
                yield _at_least_so_often(column, int(cut))
    elif column.is_number:
        numbers = column.numbers()
        there = searched & ~np.isnan(numbers)
        for cut in _cuts(numbers[there], people.reached[there], fewest):
            yield _at_least(column, numbers, float(cut))
        yield from _missing(column, np.isnan(numbers))
    else:
        yield from _values(column)
        yield from _missing(column, np.array([one is None for one in column.values]))


def _cuts(numbers: Floats, reached: Mask, fewest: int) -> Floats:
    """Values of the column itself at which it is cut: those from the cut upwards are one side."""
    distinct = np.unique(numbers)
    if len(distinct) < 2 or len(numbers) < 2 * fewest:
        return distinct[1:]
    tree = DecisionTreeClassifier(max_leaf_nodes=LEAVES, min_samples_leaf=fewest, random_state=0)
    fitted = tree.fit(numbers[:, None], reached).tree_
    # A tree cuts half way between two values; leaves carry no feature.
    halves = fitted.threshold[fitted.feature >= 0]
    tenths = np.quantile(numbers, np.arange(1, TENTHS) / TENTHS, method="nearest")
    above = np.searchsorted(distinct, halves, side="right")
    found = np.unique(np.append(distinct[np.minimum(above, len(distinct) - 1)], tenths))
    return np.asarray(found[found > distinct[0]])


def _did(column: EventColumn) -> Fact:
    return Fact(
        node=Did(events=column.events, window=column.window),
        opposite=DidNot(events=column.events, window=column.window),
        mask=column.counts > 0,
        is_handy=True,
    )


def _at_least_so_often(column: EventColumn, times: int) -> Fact:
    def count(comparator: Comparator) -> Count:
        comparison = Comparison(comparator=comparator, bound=times)
        return Count(events=column.events, comparison=comparison, window=column.window)

    return Fact(
        node=count(Comparator.GTE),
        opposite=count(Comparator.LT),
        mask=column.counts >= times,
        is_handy=True,
    )


def _at_least(column: TraitColumn, numbers: Floats, cut: float) -> Fact:
    bound = int(cut) if cut.is_integer() and abs(cut) < 2**53 else cut
    node = _trait(column, Operator.GTE, bound)
    below = _trait(column, Operator.LT, bound)
    # Whose number is missing is on neither side of it.
    is_complete = not np.isnan(numbers).any()
    return Fact(
        node=node,
        opposite=below if is_complete else Not(child=node),
        mask=numbers >= cut,
        is_handy=True,
    )


def _values(column: TraitColumn) -> Iterator[Fact]:
    # True equals 1 in Python; the language tells them apart.
    kinds = [(type(one) is bool, one) for one in column.values]
    for kind, _ in Counter(kinds).most_common(MOST_VALUES):
        if kind[1] is not None:
            yield Fact(
                node=_trait(column, Operator.IS, kind[1]),
                opposite=_trait(column, Operator.IS_NOT, kind[1]),
                mask=np.array([one == kind for one in kinds]),
                is_handy=type(kind[1]) is bool,
            )


def _missing(column: TraitColumn, mask: Mask) -> Iterator[Fact]:
    if mask.any():
        yield Fact(
            node=_trait(column, Operator.IS_SET, False),
            opposite=_trait(column, Operator.IS_SET, True),
            mask=mask,
            is_handy=True,
        )


def _trait(column: TraitColumn, operator: Operator, operand: str | int | float | bool) -> Trait:
    return Trait(term=Term(path=column.path, operator=operator, operand=operand))


def _is_wide(mask: Mask, fewest: int) -> bool:
    inside = int(np.count_nonzero(mask))
    return fewest <= inside <= len(mask) - fewest
