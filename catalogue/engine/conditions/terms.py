"""Terms as criteria: resolved against now and zone, so that equal ones are one and the same."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import cast
from zoneinfo import ZoneInfo

import re2

from catalogue.definitions.errors import Code, refuse
from catalogue.definitions.nodes import (
    POSITIVE_TWIN,
    DateLiteral,
    Duration,
    Operand,
    Operator,
    Scalar,
    Term,
    Window,
)
from catalogue.engine.conditions import dates, lists, texts, values
from catalogue.engine.conditions.bench import Test
from catalogue.engine.conditions.lists import Criterion
from catalogue.engine.conditions.numbers import InRange
from catalogue.engine.conditions.texts import Textual


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What times and dates in a definition are relative to."""

    now: datetime
    zone: ZoneInfo


def criterion(term: Term, frame: Frame) -> Criterion:
    """The term as a positive test and whether its complement is meant. Raises DefinitionError
    `bad_value` for a pattern that RE2 does not take."""
    operator = POSITIVE_TWIN.get(term.operator, term.operator)
    negated = operator != term.operator
    if operator == Operator.IS_SET:
        return Criterion(path=term.path, test=values.IsSet(), negated=term.operand is False)
    if operator == Operator.IS_EMPTY:
        return Criterion(path=term.path, test=values.HasContent(), negated=term.operand is True)
    return Criterion(path=term.path, test=TESTS[operator](term.operand, frame), negated=negated)


def _equal(operand: Operand, frame: Frame) -> Test:
    return values.equal_to([cast("Scalar", operand)])


def _one_of(operand: Operand, frame: Frame) -> Test:
    return values.equal_to(cast("tuple[Scalar, ...]", operand))


def _has_any(operand: Operand, frame: Frame) -> Test:
    return lists.has_any(cast("tuple[Scalar, ...]", operand))


def _has_all(operand: Operand, frame: Frame) -> Test:
    return lists.has_all(cast("tuple[Scalar, ...]", operand))


def _item(operand: Operand, frame: Frame) -> Test:
    terms = cast("tuple[Term, ...]", operand)
    return lists.Item(criteria=frozenset(criterion(term, frame) for term in terms))


def _between(operand: Operand, frame: Frame) -> Test:
    low, high = cast("tuple[float, float]", operand)
    return InRange(low=float(low), high=float(high))


def _range(low: bool, open_: bool) -> Callable[[Operand, Frame], Test]:
    def build(operand: Operand, frame: Frame) -> Test:
        bound = float(cast("float", operand))
        return InRange(low=bound, open=open_) if low else InRange(high=bound, open=open_)

    return build


def _part(operator: Operator) -> Callable[[Operand, Frame], Test]:
    def build(operand: Operand, frame: Frame) -> Test:
        part = cast("str", operand)
        if operator == Operator.CONTAINS:
            return Textual(how="contains", part=texts.lower(part))
        return Textual(
            how="starts_with" if operator == Operator.STARTS_WITH else "ends_with", part=part
        )

    return build


def _matches(operand: Operand, frame: Frame) -> Test:
    pattern = cast("str", operand)
    try:
        re2.compile(pattern)
    except re2.error as error:
        raise refuse(Code.BAD_VALUE, f"the pattern “{pattern}” cannot be used: {error}") from error
    return Textual(how="matches", part=pattern)


def _on_literal(
    build: Callable[[DateLiteral, datetime, ZoneInfo], Test],
) -> Callable[[Operand, Frame], Test]:
    return lambda operand, frame: build(cast("DateLiteral", operand), frame.now, frame.zone)


def _in_window(operand: Operand, frame: Frame) -> Test:
    return dates.in_window(cast("Window", operand), frame.now, frame.zone)


def _anniversary_in_next(operand: Operand, frame: Frame) -> Test:
    return dates.anniversary_in_next(cast("Duration", operand), frame.now, frame.zone)


TESTS: dict[Operator, Callable[[Operand, Frame], Test]] = {
    Operator.IS: _equal,
    Operator.IN: _one_of,
    Operator.HAS_ANY: _has_any,
    Operator.HAS_ALL: _has_all,
    Operator.ITEM: _item,
    Operator.GT: _range(low=True, open_=True),
    Operator.GTE: _range(low=True, open_=False),
    Operator.LT: _range(low=False, open_=True),
    Operator.LTE: _range(low=False, open_=False),
    Operator.BETWEEN: _between,
    Operator.CONTAINS: _part(Operator.CONTAINS),
    Operator.STARTS_WITH: _part(Operator.STARTS_WITH),
    Operator.ENDS_WITH: _part(Operator.ENDS_WITH),
    Operator.MATCHES: _matches,
    Operator.BEFORE: _on_literal(dates.before),
    Operator.AFTER: _on_literal(dates.after),
    Operator.ON: _on_literal(dates.on),
    Operator.WITHIN: _in_window,
    Operator.ANNIVERSARY_ON: _on_literal(dates.anniversary_on),
    Operator.ANNIVERSARY_IN_NEXT: _anniversary_in_next,
}
