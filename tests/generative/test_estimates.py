"""Estimates of generated segments: every node counts what it holds when it is judged alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import pytest

from catalogue.definitions.errors import DefinitionError
from catalogue.engine.estimate import Counted, estimate
from catalogue.engine.evaluate import evaluate
from catalogue.engine.inputs import Judged, Outcome, SegmentInput
from catalogue.warehouse.memory import MemoryTables
from tests.generative.cases import Case
from tests.generative.portions import inputs_for, of_middling_size, on_order_or_habit, tree
from tests.generative.runs import PARTS, run

# A few on every run of `make test`, the others with `make test-more`.
PART_OF_MORE = [pytest.param(part, marks=pytest.mark.generated) for part in range(1, PARTS)]


@pytest.mark.parametrize("part", [0, *PART_OF_MORE])
def test_every_node_counts_what_it_holds_when_it_is_judged_alone(part: int) -> None:
    counts: list[int] = []

    def right(case: Case) -> None:
        some = [*of_middling_size(case, 2), *on_order_or_habit(2)]
        with MemoryTables.from_world(case.world) as tables:
            inputs = inputs_for(some, case, tables)
            nodes = {key: nodes_alone(key, case) for key in some}
            everything = {**inputs, **{k: v for one in nodes.values() for k, v in one.items()}}
            outcomes = evaluate(everything, tables, now=case.now).outcomes
            for key in some:
                if isinstance(outcomes[key], Judged):
                    found = estimate(inputs, key, tables, now=case.now)
                    counts.extend(check(key, found, outcomes))
                else:
                    with pytest.raises(DefinitionError):
                        estimate(inputs, key, tables, now=case.now)

    run(part, right, count=8 if part else 3)
    assert len(counts) >= 15
    assert any(counts)


def nodes_alone(key: str, case: Case) -> dict[str, SegmentInput]:
    """Each node as a segment of its own, without the hands of the whole."""
    definition = case.segments[key].definition
    return {
        f"{key} {pointer}": SegmentInput(definition=replace(definition, where=node, subject=about))
        for pointer, node, about in tree(case.segments[key])
        if definition is not None
    }


def check(key: str, found: Counted, outcomes: Mapping[str, Outcome]) -> Iterator[int]:
    own = outcomes[key]
    assert isinstance(own, Judged)
    assert found.members == own.members
    for one in found.nodes:
        judged = outcomes[f"{key} {one.pointer}"]
        assert isinstance(judged, Judged)
        assert one.alone == len(judged.members), one
        yield one.alone
