"""Explanations of generated segments, and what is foretold, are right about everybody."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from catalogue.definitions.errors import DefinitionError
from catalogue.definitions.nodes import Subject
from catalogue.engine.account_evidence import MembersReason, NoAccountReason
from catalogue.engine.evaluate import evaluate
from catalogue.engine.explain import Explained, explain
from catalogue.engine.given_segments import GivenSegment
from catalogue.engine.inputs import Judged
from catalogue.engine.reference import Run
from catalogue.warehouse.given import GivenChange, World
from catalogue.warehouse.memory import MemoryTables
from tests.generative.cases import Case
from tests.generative.moments import MICROSECOND
from tests.generative.portions import (
    inputs_for,
    of_middling_size,
    on_order_or_habit,
    that_holds_accounts,
    that_time_changes,
    tree,
)
from tests.generative.runs import PARTS, run


@pytest.mark.generated
@pytest.mark.parametrize("part", range(PARTS))
def test_generated_explanations_are_right_about_everybody(part: int) -> None:
    asked: list[bool] = []

    def right(case: Case) -> None:
        # One or two of the ten, so that all customers can be asked.
        some = of_middling_size(case, 2) if part else that_time_changes(case)
        some = [*dict.fromkeys([*some, *that_holds_accounts(case), *on_order_or_habit(2)])]
        with MemoryTables.from_world(case.world) as tables:
            inputs = inputs_for(some, case, tables)
            outcomes = evaluate(inputs, tables, now=case.now).outcomes
            for subject, ordinal, name in everybody(tables):
                keys = [key for key in some if case.segments[key].subject == subject]
                found = explain(inputs, ordinal, tables, now=case.now, keys=keys, subject=subject)
                for key, explained in found.items():
                    outcome = outcomes[key]
                    if not isinstance(outcome, Judged):
                        assert isinstance(explained, DefinitionError)
                        continue
                    assert isinstance(explained, Explained)
                    assert explained.is_in == (ordinal in outcome.members), (key, name)
                    asked.extend(check_nodes(case, key, name, explained))

    run(part, right, count=4 if part else 1)
    assert len(asked) >= 30
    assert any(asked)  # some node's answer will be changed by time alone


def everybody(tables: MemoryTables) -> Iterator[tuple[Subject, int, str]]:
    """(subject, ordinal, id) of all live customers and all accounts."""
    for ordinal, name in tables.customer_ids(tables.customers).items():
        yield "customer", ordinal, name
    for ordinal, name in tables.account_ids(tables.accounts).items():
        yield "account", ordinal, name


def check_nodes(case: Case, key: str, who: str, explained: Explained) -> list[bool]:
    """Every node as the oracle sees it, now and around the instant at which it is to change."""
    definition = case.segments[key].definition
    frozen = until(case.world, case.now)
    flips = []
    for (pointer, node, about), one in zip(tree(case.segments[key]), explained.nodes, strict=True):
        assert definition is not None
        own = GivenSegment(definition=replace(definition, where=node, subject=about))
        alone = {**case.segments, "node": own}
        assert one.pointer == pointer
        if one.answer is None:
            assert one.flips_at is None
            assert one.reason == counted(alone, who, case, definition.subject), (node, who)
            continue
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


def counted(
    segments: dict[str, GivenSegment], who: str, case: Case, subject: Subject
) -> MembersReason | NoAccountReason:
    """Of how many of the account's customers a node is true that is asked of them."""
    live = {customer.id: customer.account for customer in case.world.live()}
    account = who if subject == "account" else live[who]
    if account is None:
        return NoAccountReason()
    customers = {name for name, belongs_to in live.items() if belongs_to == account}
    answer = Run(segments, case.world, case.now).answer("node")
    assert isinstance(answer, frozenset)
    return MembersReason(fits=len(answer & customers), of=len(customers))


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
            changes=said_until(one.changes, now),
            events=tuple(each for each in one.events if each.at <= now),
        )
        for one in given.customers
    )
    accounts = (replace(one, changes=said_until(one.changes, now)) for one in given.accounts)
    return replace(given, customers=tuple(customers), accounts=tuple(accounts))


def said_until(changes: tuple[GivenChange, ...], now: datetime) -> tuple[GivenChange, ...]:
    return tuple(each for each in changes if each.at is None or each.at <= now)
