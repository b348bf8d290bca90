"""has_any, has_all, item: what lies in lists.

Back ends differ in how they open lists, so the different lists that occur are opened in memory,
their elements judged by the very tests that judge plain values, and the lists that fit compared.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import compress
from operator import and_

import ibis
import ibis.expr.types as ir
import numpy as np
import numpy.typing as npt

from catalogue.definitions.nodes import Path, Scalar
from catalogue.engine.conditions.bench import Bench, Mask, Test, among
from catalogue.engine.conditions.objects import reach_in
from catalogue.engine.conditions.readings import Reading, Readings, no
from catalogue.engine.conditions.values import Equal, equal_to

Owners = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """A test on what lies at a path; `negated` is the exact complement, so true on missing."""

    path: Path
    test: Test
    negated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Has:
    """A list holds, for each of `wanted`, an element that fits; a scalar is a list of one."""

    wanted: frozenset[Equal]

    @property
    def needs(self) -> frozenset[Reading]:
        """What comparing a scalar needs."""
        return frozenset[Reading]().union(*(equal.needs for equal in self.wanted))

    def holds(self, value: Readings, bench: Bench) -> ir.BooleanValue:
        """True where all that is wanted is there."""
        scalar = reduce(and_, (equal.holds(value, bench) for equal in self.wanted))
        return scalar | _fitting_lists(value.json, self._judge, bench)

    def _judge(self, lists: Sequence[list[object]], bench: Bench) -> Mask:
        owners, elements = _flat(lists)
        masks = bench.judge(elements, self.wanted)
        return reduce(and_, (_any_per_owner(mask, owners, len(lists)) for mask in masks))


def has_any(scalars: Iterable[Scalar]) -> Has:
    """The test for holding at least one of the scalars."""
    return Has(wanted=frozenset({equal_to(scalars)}))


def has_all(scalars: Iterable[Scalar]) -> Has:
    """The test for holding every one of the scalars."""
    return Has(wanted=frozenset(equal_to([scalar]) for scalar in scalars))


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """All criteria hold on one and the same object in a list; without objects, false."""

    criteria: frozenset[Criterion]

    @property
    def needs(self) -> frozenset[Reading]:
        """Elements are read in memory."""
        return frozenset()

    def holds(self, value: Readings, bench: Bench) -> ir.BooleanValue:
        """True where one element fits."""
        return _fitting_lists(value.json, self._judge, bench)

    def _judge(self, lists: Sequence[list[object]], bench: Bench) -> Mask:
        owners, elements = _flat([[e for e in one if isinstance(e, dict)] for one in lists])
        fits = np.ones(len(elements), dtype=bool)
        for path in {criterion.path for criterion in self.criteria}:
            here = [criterion for criterion in self.criteria if criterion.path == path]
            values = [reach_in(element, path) for element in elements]
            masks = bench.judge(values, [criterion.test for criterion in here])
            for criterion, mask in zip(here, masks, strict=True):
                fits &= mask != criterion.negated
        return _any_per_owner(fits, owners, len(lists))


def _flat(lists: Sequence[list[object]]) -> tuple[Owners, list[object]]:
    """All elements one after the other, and to which list each belongs."""
    owners = np.repeat(np.arange(len(lists)), [len(one) for one in lists])
    return owners, [element for one in lists for element in one]


def _any_per_owner(mask: Mask, owners: Owners, count: int) -> Mask:
    return np.bincount(owners[mask], minlength=count) > 0


def _fitting_lists(
    column: ir.StringValue | None,
    judge: Callable[[Sequence[list[object]], Bench], Mask],
    bench: Bench,
) -> ir.BooleanValue:
    if column is None:
        return no()
    # Canonical JSON: a list starts with a bracket, an object with a brace.
    only_lists = column.startswith("[").ifelse(column, ibis.null(str))
    documents = [text for text in bench.distinct(only_lists) if isinstance(text, str)]
    if not documents:
        return no()
    mask = judge([json.loads(text) for text in documents], bench)
    return among(column, compress(documents, mask))
