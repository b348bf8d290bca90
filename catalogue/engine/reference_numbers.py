"""Counts and aggregates against a bound (clauses 14 and 15)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal, localcontext

from catalogue.definitions.nodes import Aggregate, Comparator, Comparison
from catalogue.engine.reference_values import (
    equal,
    is_list,
    is_missing,
    number_of,
    number_text,
)

PLACES = Decimal("0.000001")
# Enough for every sum of float64 values, to the last of six places.
PRECISION = 1000


def number_holds(number: int | float, comparison: Comparison) -> bool:
    """Whether a number compares."""
    return _compares(Decimal(number), comparison, Decimal(1))


def _compares(total: Decimal, comparison: Comparison, n: Decimal) -> bool:
    with localcontext(prec=PRECISION):
        bound = _shortest(comparison.bound) * n
        high = None if comparison.high is None else _shortest(comparison.high) * n
        match comparison.comparator:
            case Comparator.EQ:
                return total == bound
            case Comparator.NEQ:
                return total != bound
            case Comparator.GT:
                return total > bound
            case Comparator.GTE:
                return total >= bound
            case Comparator.LT:
                return total < bound
            case Comparator.LTE:
                return total <= bound
            case Comparator.BETWEEN:
                return high is not None and bound <= total <= high


def _shortest(number: int | float) -> Decimal:
    """The decimal that the shortest text of the 64-bit number says."""
    return Decimal(repr(float(number)))


def aggregate_holds(node: Aggregate, values: Sequence[object]) -> bool:
    """Whether sum, avg, min, max or count_distinct of the values compares; without any value no
    comparison holds."""
    if node.function == "count_distinct":
        present = [value for value in values if not is_missing(value)]
        return bool(present) and number_holds(distinct_count(present), node.comparison)
    numbers = [number for number in map(number_of, values) if number is not None]
    if node.function in ("sum", "avg"):
        numbers = [number for number in numbers if abs(number) < 1e20]
    if not numbers:
        return False
    if node.function in ("min", "max"):
        extreme = min(numbers) if node.function == "min" else max(numbers)
        return _compares(_shortest(extreme), node.comparison, Decimal(1))
    n = len(numbers) if node.function == "avg" else 1
    return _compares(decimal_sum(numbers), node.comparison, Decimal(n))


def decimal_sum(numbers: Sequence[float]) -> Decimal:
    """Every number rounded to six places, half away from zero, then added exactly."""
    with localcontext(prec=PRECISION):
        rounded = (_shortest(each).quantize(PLACES, rounding=ROUND_HALF_UP) for each in numbers)
        return sum(rounded, start=Decimal(0))


def distinct_count(values: Sequence[object]) -> int:
    """How many groups of equal values there are; values that are equal to one and the same value
    are one group (1, "1" and "1.0" are one, "1" and "1.0" without a 1 are two)."""
    groups: list[list[object]] = []
    for value in values:
        joined = [value]
        apart = []
        for group in groups:
            if any(_same(value, other) for other in group):
                joined += group
            else:
                apart.append(group)
        groups = [*apart, joined]
    return len(groups)


def _same(value: object, other: object) -> bool:
    return equal(value, other) or _identity(value) == _identity(other)


def _identity(value: object) -> str:
    return f"{type(value).__name__} {_canonical(value)}"


def _canonical(value: object) -> str:
    if isinstance(value, Mapping):
        inner = ",".join(f"{json.dumps(key)}:{_canonical(value[key])}" for key in sorted(value))
        return "{" + inner + "}"
    if is_list(value):
        return "[" + ",".join(map(_canonical, value)) + "]"
    if is_missing(value):
        return "null"
    number = number_of(value) if not isinstance(value, str) else None
    return number_text(number) if number is not None else json.dumps(value, default=str)
