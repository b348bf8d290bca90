"""Conditions that others answer just as well, and at less cost: whoever did one of several events
did one of them, and whose largest number is above a bound has a number above it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from catalogue.definitions.nodes import Comparator
from catalogue.engine.conditions.aggregates import Comparisons
from catalogue.engine.conditions.events import AT_LEAST_ONCE, EventCondition, Measure, Selection
from catalogue.engine.conditions.lists import Criterion
from catalogue.engine.conditions.numbers import InRange
from catalogue.engine.scans import Condition

ONCE = Comparisons.of((AT_LEAST_ONCE,))
# Which numbers, if there is one, put the largest (or the smallest) on the right side of a bound.
ABOVE = (Comparator.GT, Comparator.GTE)
BELOW = (Comparator.LT, Comparator.LTE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Simpler:
    """What is asked of the data instead of some conditions. `parts`: of each condition that is not
    asked itself those that are; whoever fits one of them fits it."""

    conditions: tuple[Condition, ...]
    parts: Mapping[Condition, Sequence[Condition]]

    def asked_for(self, condition: Condition) -> Sequence[Condition]:
        """What is asked of the data for one of the conditions."""
        return self.parts.get(condition, (condition,))


def simpler(conditions: Iterable[Condition], known: Collection[str]) -> Simpler:
    """The same conditions, as they cost least where these events are known."""
    distinct = tuple(dict.fromkeys(conditions))
    found = {one: _parts(one, known) for one in distinct}
    parts = {one: some for one, some in found.items() if some != (one,)}
    asked = dict.fromkeys(part for some in found.values() for part in some)
    return Simpler(conditions=tuple(asked), parts=parts)


def as_they_are(conditions: Iterable[Condition]) -> Simpler:
    """Every condition asked itself, for whoever needs more than members."""
    return Simpler(conditions=tuple(dict.fromkeys(conditions)), parts={})


def _parts(condition: Condition, known: Collection[str]) -> tuple[Condition, ...]:
    if not isinstance(condition, EventCondition):
        return (condition,)
    condition = _counting(condition)
    if condition.measure.function != "count" or condition.accepted != ONCE:
        return (condition,)
    names = sorted(condition.selection.among(known))
    return tuple(_of(names, condition)) if len(names) > 1 else (condition,)


def _of(names: Sequence[str], condition: EventCondition) -> Iterator[EventCondition]:
    for name in names:
        only = Selection(names=frozenset({name}), prefixes=frozenset())
        yield replace(condition, selection=only)


def _counting(condition: EventCondition) -> EventCondition:
    """The condition, or one that counts the numbers beyond the bound instead."""
    test = _beyond(condition)
    if test is None:
        return condition
    measure = condition.measure
    counted = Measure(
        function="count",
        where=measure.where | {Criterion(path=measure.prop, test=test)},
        interval=measure.interval,
    )
    return replace(condition, measure=counted, accepted=ONCE)


def _beyond(condition: EventCondition) -> InRange | None:
    accepted = condition.accepted
    if not isinstance(accepted, Comparisons) or len(accepted.all_of) != 1:
        return None
    ((comparator, bound, _),) = accepted.all_of
    match condition.measure.function:
        case "max" if comparator in ABOVE:
            return InRange(low=float(bound), open=comparator is Comparator.GT)
        case "min" if comparator in BELOW:
            return InRange(high=float(bound), open=comparator is Comparator.LT)
    return None
