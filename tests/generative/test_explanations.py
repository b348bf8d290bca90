"""Explanations of generated segments, and what is foretold, are right about everybody."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from pyroaring import BitMap

from catalogue.definitions.errors import DefinitionError
from catalogue.engine.evaluate import evaluate
from catalogue.engine.explain import Explained, explain
from catalogue.engine.given_segments import GivenSegment
from catalogue.engine.inputs import Judged
from catalogue.engine.reference import Run
from catalogue.warehouse.given import World
from catalogue.warehouse.memory import MemoryTables
from tests.generative.cases import Case
from tests.generative.moments import MICROSECOND
from tests.generative.portions import (
    inputs_for,
    of_middling_size,
    on_order_or_habit,
    that_time_changes,
    tree,
)
from tests.generative.runs import PARTS, run

# A few on every run of `make test`, the others with `make test-more`.
PART_OF_MORE = [pytest.param(part, marks=pytest.mark.generated) for part in range(1, PARTS)]


@pytest.mark.parametrize("part", [0, *PART_OF_MORE])
def test_generated_explanations_are_right_about_everybody(part: int) -> None:
    asked: list[bool] = []

    def right(case: Case) -> None:
        # One or two of the ten, so that all customers can be asked.
        some = of_middling_size(case, 2) if part else that_time_changes(case)
        some = [*dict.fromkeys([*some, *on_order_or_habit(2)])]
        with MemoryTables.from_world(case.world) as tables:
            inputs = inputs_for(some, case, tables)
            outcomes = evaluate(inputs, tables, now=case.now).outcomes
            for ordinal in tables.customers:
                found = explain(inputs, ordinal, tables, now=case.now, keys=some)
                name = tables.customer_ids(BitMap([ordinal]))[ordinal]
                for key, explained in found.items():
                    outcome = outcomes[key]
                    if not isinstance(outcome, Judged):
                        assert isinstance(explained, DefinitionError)
                        continue
                    assert isinstance(explained, Explained)
                    assert explained.is_in == (ordinal in outcome.members), (key, name)
                    asked.extend(check_nodes(case, key, name, explained))

    run(part, right, count=4 if part else 2)
    assert len(asked) >= 30
    assert any(asked)  # some node's answer will be changed by time alone


def check_nodes(case: Case, key: str, who: str, explained: Explained) -> list[bool]:
    """Every node as the oracle sees it, now and around the instant at which it is to change."""
    definition = case.segments[key].definition
    frozen = until(case.world, case.now)
    flips = []
    for (pointer, node), one in zip(tree(case.segments[key]), explained.nodes, strict=True):
        assert definition is not None
        alone = {**case.segments, "node": GivenSegment(definition=replace(definition, where=node))}
        assert one.pointer == pointer
        assert one.answer == is_in(alone, "node", who, case.world, case.now), (node, who)
        flips.append(one.flips_at is not None)
        if one.flips_at is not None:
            assert one.flips_at > case.now
            before, after = (
                is_in(alone, "node", who, frozen, one.flips_at + step)
                for step in (-MICROSECOND, timedelta(0))
            )
            assert (before, after) == (one.answer, not one.answer), (node, who, one.flips_at)
    if explained.flips_at is not None:
        then = is_in(case.segments, key, who, frozen, explained.flips_at)
        assert then is not explained.is_in
    return flips


def is_in(
    segments: dict[str, GivenSegment], key: str, who: str, given: World, now: datetime
) -> bool:
    answer = Run(segments, given, now).answer(key)
    assert isinstance(answer, frozenset)
    return who in answer


def until(given: World, now: datetime) -> World:
    """The workspace with nothing said or done after now."""
    customers = (
        replace(
            one,
            changes=tuple(each for each in one.changes if each.at is None or each.at <= now),
            events=tuple(each for each in one.events if each.at <= now),
        )
        for one in given.customers
    )
    return replace(given, customers=tuple(customers))
