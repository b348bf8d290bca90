"""Which conditions vectors can answer, over which stretches of time, and their answers."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache, reduce

import numpy as np

from catalogue.definitions.nodes import Comparator, Path
from catalogue.engine.clocks import LATEST, Integers
from catalogue.engine.conditions.aggregates import MICRO, Comparisons, InTime, Sums
from catalogue.engine.conditions.bench import Mask
from catalogue.engine.conditions.events import EventCondition
from catalogue.engine.conditions.lists import Criterion
from catalogue.engine.intervals import NEVER
from catalogue.engine.local_times import microseconds, naive
from catalogue.engine.vectors.edges import Edges, Stretch
from catalogue.engine.vectors.tally import Counts, Tally

SUMMED = frozenset({"sum", "avg"})
FUNCTIONS = frozenset({"count", "first", "last"}) | SUMMED
# What is asked for of each condition, many times in a refresh.
KEPT = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What one tally holds: events that fit `where`, or their numbers of `prop`."""

    where: frozenset[Criterion]
    prop: Path


# Any event, of whatever properties.
ANY = Counted(where=frozenset(), prop=())


@lru_cache(maxsize=KEPT)
def counted(condition: EventCondition) -> Counted:
    """The tally that answers a condition."""
    return Counted(where=condition.measure.where, prop=condition.measure.prop)


def is_counted(condition: EventCondition) -> bool:
    """Whether vectors can answer it, as far as the condition goes."""
    measure = condition.measure
    return measure.function in FUNCTIONS and measure.interval != NEVER


@lru_cache(maxsize=KEPT)
def stretches(condition: EventCondition) -> tuple[Stretch, ...]:
    """The stretches of time whose counts and sums decide a condition, the first one the window."""
    interval, accepted = condition.measure.interval, condition.accepted
    # It always has an end: no event after now counts.
    now = LATEST if interval.end is None else microseconds(naive(interval.end))
    if not isinstance(accepted, InTime):
        start = None if interval.start is None else microseconds(naive(interval.start))
        return ((start, now),)
    start, end = accepted.start, now if accepted.end is None else min(accepted.end, now)
    if start is not None and start >= end:
        return ((end, end),)
    if condition.measure.function == "last":  # one lies inside and none after
        return ((start, end), (end, now)) if end < now else ((start, end),)
    return ((start, end),) if start is None else ((start, end), (None, start))  # none before


@dataclass(frozen=True, slots=True, kw_only=True)
class Vector:
    """The figures of everybody over one window, by ordinal, with the place of nobody at the end:
    `counts`, shape (size,), and of sums and averages `sums`, in whole millionths."""

    counts: Counts
    sums: Integers | None = None

    @property
    def bytes(self) -> int:
        """How many it takes."""
        return int(self.counts.nbytes) + (0 if self.sums is None else int(self.sums.nbytes))

    def judge(self, condition: EventCondition) -> Mask:
        """For whom a condition that compares these figures is true."""
        assert isinstance(condition.accepted, Comparisons)  # noqa: S101 (it compares)
        if self.sums is None:
            return count_holds(self.counts, condition.accepted)
        of = self.counts if condition.measure.function == "avg" else None
        return sum_holds(self.sums, of, condition.accepted) & (self.counts > 0)


def vector_of(condition: EventCondition, tally: Tally, edges: Edges) -> Vector | None:
    """The figures that a condition compares; None of one that compares none."""
    if isinstance(condition.accepted, InTime):
        return None
    ((start, end),) = stretches(condition)
    window = edges.slice_from(start), edges.slice_from(end)
    is_summed = condition.measure.function in SUMMED
    sums = tally.summed(*window) if is_summed else None
    return Vector(counts=tally.counted(*window), sums=sums)


def judge(condition: EventCondition, tally: Tally, edges: Edges) -> Mask:
    """For whom a condition is true, among all ordinals; shape (size,)."""
    vector = vector_of(condition, tally, edges)
    return _in_time(condition, tally, edges) if vector is None else vector.judge(condition)


def _in_time(condition: EventCondition, tally: Tally, edges: Edges) -> Mask:
    (start, end), *others = [
        (edges.slice_from(one[0]), edges.slice_from(one[1])) for one in stretches(condition)
    ]
    inside = tally.any(start, end)
    for other in others:
        inside &= ~tally.any(*other)
    return inside


def count_holds(counts: Counts, accepted: Comparisons) -> Mask:
    """Which counts all comparisons accept. Whole numbers are compared as such: many times faster
    than as the floats that bounds are."""
    return _in_all(counts, [_whole(*one) for one in accepted.all_of])


def sum_holds(sums: Integers, of: Counts | None, accepted: Comparisons) -> Mask:
    """Which sums of millionths, or averages as sum against bound × of, are accepted."""
    if of is None:
        bounds = (
            (comparator, _micro(low), None if high is None else _micro(high))
            for comparator, low, high in accepted.all_of
        )
        return _in_all(sums, [_whole(*one) for one in bounds])
    mask = np.zeros(len(sums), dtype=bool)
    some = np.flatnonzero(of)
    columns = Sums(millionths=sums[some], large={})
    mask[some] = accepted.judge_sums(columns, of[some].astype(np.int64))
    return mask


@lru_cache(maxsize=KEPT)
def _micro(bound: float) -> Fraction:
    return Fraction(repr(bound)) * MICRO


Range = tuple[bool, int | None, int | None]


@lru_cache(maxsize=KEPT)
def _whole(comparator: Comparator, low: float | Fraction, high: float | Fraction | None) -> Range:
    """(is inside, least, most): which whole numbers a comparison accepts, or which it does not."""
    up, down = math.ceil(low), math.floor(low)
    match comparator:
        case Comparator.GTE:
            return True, up, None
        case Comparator.GT:
            return True, down + 1, None
        case Comparator.LTE:
            return True, None, down
        case Comparator.LT:
            return True, None, up - 1
        case Comparator.BETWEEN:
            return True, up, None if high is None else math.floor(high)
    # Between two whole numbers lies none: up is above down, and nothing equals.
    return comparator is Comparator.EQ, up, down


def _in_all(numbers: Counts | Integers, ranges: Iterable[Range]) -> Mask:
    masks = [_in(numbers, *one) for one in ranges]
    return reduce(np.logical_and, masks) if masks else np.ones(len(numbers), dtype=bool)


def _in(numbers: Counts | Integers, is_inside: bool, least: int | None, most: int | None) -> Mask:
    bounds = [] if least is None else [numbers >= least]
    bounds += [] if most is None else [numbers <= most]
    inside = reduce(np.logical_and, bounds) if bounds else np.ones(len(numbers), dtype=bool)
    return inside if is_inside else ~inside
