"""Estimates that ask only what is new are those that ask everything, whatever was asked before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta

import pytest

from catalogue.definitions import nodes as n
from catalogue.definitions.errors import DefinitionError
from catalogue.engine.answers import Answer, Answers
from catalogue.engine.estimate import Counted, estimate
from catalogue.engine.inputs import SegmentInput
from catalogue.engine.shelf import Shelf
from catalogue.warehouse.memory import MemoryTables
from tests.generative.cases import Case
from tests.generative.portions import inputs_for, of_middling_size, tree
from tests.generative.runs import PARTS, run

PART_OF_MORE = [pytest.param(part, marks=pytest.mark.generated) for part in range(1, PARTS)]
NUMERIC = (n.Operator.GT, n.Operator.GTE, n.Operator.LT, n.Operator.LTE)
# All that is asked, and next to nothing.
ROOMS = (1 << 24, 1 << 10)
EDITS = 8


@pytest.mark.parametrize("part", [0, *PART_OF_MORE])
def test_an_edit_counts_what_a_fresh_estimate_counts(part: int) -> None:
    sizes: list[int] = []

    def right(case: Case) -> None:
        rooms: list[Shelf[Answer]] = [Shelf(size) for size in ROOMS]
        with MemoryTables.from_world(case.world) as tables:
            (key,) = of_middling_size(case, 1)
            asked = [(key, inputs_for([key], case, tables))]
            asked += [("edit", {"edit": one}) for one in list(edits(case))[:EDITS]]
            for now in (case.now, case.now - timedelta(days=1)):
                for key, segments in asked:
                    fresh = counted(segments, key, tables, now=now)
                    for kept in rooms:
                        answers = Answers(kept=kept, photo="it", now=now)
                        again = counted(segments, key, tables, now=now, answers=answers)
                        assert again == fresh, (key, segments[key].definition)
                    sizes.append(0 if isinstance(fresh, str) else len(fresh.members))
        assert rooms[0].bytes > rooms[1].bytes

    run(part, right, count=6 if part else 2)
    assert len(sizes) > 20
    assert len(set(sizes)) > 3


def counted(
    segments: Mapping[str, SegmentInput], key: str, tables: MemoryTables, **facts: object
) -> Counted | str:
    try:
        return estimate(segments, key, tables, **facts)  # type: ignore[arg-type]
    except DefinitionError as error:
        return str(error)


def edits(case: Case) -> Iterator[SegmentInput]:
    """Every condition of a case that compares, as it is and then with other bounds."""
    for given in case.segments.values():
        for _, node, about in tree(given):
            other = moved(node)
            for one in () if other is None else (node, other):
                definition = n.Definition(where=one, subject=about, timezone="Europe/Berlin")
                yield SegmentInput(definition=definition)


def moved(node: n.Node) -> n.Node | None:
    """The condition with a bound one higher; None of one that has none."""
    match node:
        case n.Count(comparison=comparison) | n.Aggregate(comparison=comparison):
            high = None if comparison.high is None else comparison.high + 1
            return replace(
                node, comparison=replace(comparison, bound=comparison.bound + 1, high=high)
            )
        case n.Did(times=()):
            return replace(
                node, times=(n.Comparison(comparator=n.Comparator.GTE, bound=2, high=None),)
            )
        case n.Trait(term=n.Term(operator=operator, operand=int() | float() as bound)):
            if operator in NUMERIC:
                return replace(node, term=replace(node.term, operand=bound + 1))
    return None
