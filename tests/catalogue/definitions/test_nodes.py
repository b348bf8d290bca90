"""A node that breaks a rule of the language cannot be built, whoever builds it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest

from catalogue.definitions import nodes
from catalogue.definitions.errors import DefinitionError
from catalogue.definitions.nodes import (
    Comparator,
    Comparison,
    DateLiteral,
    Did,
    Duration,
    EventSelector,
    Operator,
    Term,
)

DAY = Duration(count=1, unit="day")
LOGIN = EventSelector(names=("login",))
STEP = nodes.Step(events=LOGIN)


def term(operator: Operator, operand: object) -> Term:
    return Term(path=("a",), operator=operator, operand=operand)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "build",
    [
        lambda: Duration(count=0, unit="day"),
        lambda: Duration(count=True, unit="day"),
        lambda: Duration(count=1, unit="fortnight"),  # type: ignore[arg-type]
        lambda: DateLiteral(),
        lambda: DateLiteral(day=date(2026, 1, 1), word="today"),
        lambda: nodes.SinceStartOfDay(days_ago=-1),
        lambda: nodes.SinceStartOfDay(days_ago=True),
        lambda: Comparison(comparator=Comparator.BETWEEN, bound=1),
        lambda: Comparison(comparator=Comparator.GT, bound=1, high=2),
        lambda: Comparison(comparator=Comparator.BETWEEN, bound=2, high=1),
        lambda: Comparison(comparator=Comparator.GT, bound=float("nan")),
        lambda: EventSelector(),
        lambda: EventSelector(names=("",)),
        lambda: Term(path=(), operator=Operator.IS, operand="x"),
        lambda: Term(path=("a", ""), operator=Operator.IS, operand="x"),
        lambda: term(Operator.IS, None),
        lambda: term(Operator.IS, ("a",)),
        lambda: term(Operator.IS, 10**400),
        lambda: term(Operator.IN, ()),
        lambda: term(Operator.IN, "x"),
        lambda: term(Operator.BETWEEN, (2, 1)),
        lambda: term(Operator.BETWEEN, (1,)),
        lambda: term(Operator.CONTAINS, 5),
        lambda: term(Operator.ITEM, ()),
        lambda: Did(
            events=LOGIN,
            times=(
                Comparison(comparator=Comparator.GTE, bound=1),
                Comparison(comparator=Comparator.GTE, bound=2),
            ),
        ),
        lambda: nodes.Sequence(steps=()),
        lambda: nodes.Sequence(steps=(STEP,)),
        lambda: nodes.Periods(per=DAY, in_at_least=0, of_last=1),
        lambda: nodes.Periods(per=DAY, in_at_least=2, of_last=1),
        lambda: nodes.Periods(per=DAY, in_at_least=1, of_last=10_001),
        lambda: nodes.Periods(per=DAY, in_at_least=True, of_last=2),
        lambda: nodes.Regularly(
            events=LOGIN,
            periods=nodes.Periods(per=DAY, in_at_least=1, of_last=2),
            times=(Comparison(comparator=Comparator.LT, bound=1),),
        ),
        lambda: nodes.Latest(events=LOGIN, has=()),
        lambda: nodes.InSegment(key="Upper"),
        lambda: nodes.InSegment(key="a", part="B"),
    ],
)
def test_a_bad_value_cannot_be_built(build: Callable[[], object]) -> None:
    with pytest.raises(DefinitionError) as caught:
        build()
    assert str(caught.value.code) == "bad_value"


@pytest.mark.parametrize(
    "build",
    [
        lambda: nodes.AgoToAgo(start=DAY, end=Duration(count=2, unit="day")),
        lambda: nodes.BetweenDates(first=date(2026, 1, 2), last=date(2026, 1, 1)),
        lambda: nodes.FromTo(
            start=DateLiteral(instant=datetime(2026, 1, 2, tzinfo=UTC)),
            end=DateLiteral(instant=datetime(2026, 1, 1, tzinfo=UTC)),
        ),
        lambda: Did(events=LOGIN, window=nodes.InNext(duration=DAY)),
        lambda: nodes.LastDid(events=LOGIN, window=nodes.InNext(duration=DAY)),
        lambda: nodes.Sequence(steps=(STEP, STEP), window=nodes.InNext(duration=DAY)),
        lambda: nodes.DroppedOff(
            start=LOGIN, goal=LOGIN, within=DAY, window=nodes.InNext(duration=DAY)
        ),
        lambda: nodes.Stopped(events=LOGIN, active_within=DAY, quiet_for=DAY),
        lambda: nodes.Resumed(events=LOGIN, back_within=DAY, quiet_within=DAY),
        lambda: nodes.ActiveDays(
            events=LOGIN,
            comparison=Comparison(comparator=Comparator.GTE, bound=1),
            window=nodes.InLast(duration=DAY),
            periods=nodes.Periods(per=DAY, in_at_least=1, of_last=2),
        ),
    ],
)
def test_a_bad_window_cannot_be_built(build: Callable[[], object]) -> None:
    with pytest.raises(DefinitionError) as caught:
        build()
    assert str(caught.value.code) == "bad_window"


def test_the_first_step_of_a_sequence_has_nothing_to_be_within() -> None:
    with pytest.raises(DefinitionError) as caught:
        nodes.Sequence(steps=(nodes.Step(events=LOGIN, within=DAY), STEP))
    assert str(caught.value.code) == "unknown_operator"


@pytest.mark.parametrize("group", [nodes.All, nodes.Any, nodes.None_])
def test_an_empty_group_cannot_be_built(group: type[nodes.All]) -> None:
    with pytest.raises(DefinitionError) as caught:
        group(children=())
    assert str(caught.value.code) == "empty_definition"


def test_a_tree_that_is_too_deep_cannot_become_a_definition() -> None:
    node: nodes.Node = nodes.Everyone()
    for _ in range(20):
        node = nodes.Not(child=node)
    with pytest.raises(DefinitionError) as caught:
        nodes.Definition(where=node)
    assert str(caught.value.code) == "too_large"


def test_each_step_of_a_sequence_counts_as_a_node() -> None:
    nodes.Definition(where=nodes.Sequence(steps=(STEP,) * 499))
    with pytest.raises(DefinitionError) as caught:
        nodes.Definition(where=nodes.Sequence(steps=(STEP,) * 500))
    assert str(caught.value.code) == "too_large"


@pytest.mark.parametrize(
    ("operator", "operand"),
    [
        (Operator.IS_SET, "yes"),
        (Operator.BEFORE, "2026-01-01"),
        (Operator.WITHIN, DAY),
        (Operator.WITHIN, nodes.SinceStartOfDay(days_ago=0)),
        (Operator.ANNIVERSARY_IN_NEXT, nodes.InNext(duration=DAY)),
        (Operator.ITEM, ("x",)),
    ],
)
def test_an_operand_of_the_wrong_type_is_a_fault_of_the_code(
    operator: Operator, operand: object
) -> None:
    with pytest.raises(TypeError):
        term(operator, operand)


def test_an_error_without_a_fault_cannot_be_built() -> None:
    with pytest.raises(ValueError, match="at least one"):
        DefinitionError()
