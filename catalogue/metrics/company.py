"""Metrics of the company's own: their numbers for everybody, worked out once, and each segment's
readings of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from catalogue.definitions.errors import DefinitionError
from catalogue.definitions.formula_forms import parse_formula
from catalogue.definitions.formulas import Formula, Mean, Ratio, ShareOf, measures_of
from catalogue.engine.conditions.bench import Mask
from catalogue.engine.inputs import SegmentInput
from catalogue.engine.per_person import Answers, Asked, Numbers
from catalogue.metrics.engagement import Crowd
from catalogue.metrics.means import METHOD as MEAN
from catalogue.metrics.means import mean_of
from catalogue.metrics.measured import Reading, absent
from catalogue.metrics.moments import Moments, Pairs
from catalogue.metrics.ratio import METHOD as RATIO
from catalogue.metrics.ratio import ratio_of
from catalogue.metrics.shares import METHOD as SHARE
from catalogue.metrics.shares import share
from catalogue.models import Metric


@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    """One metric with its formula; None of one whose stored formula is refused by now, with the
    `refusal`."""

    key: str
    unit: str
    formula: Formula | None
    refusal: str = ""


def own_metrics(metrics: Sequence[Metric], zone: str) -> list[Own]:
    """The metrics as they are measured; dates in conditions are of `zone` unless they say other."""
    return [_own(metric, zone) for metric in metrics]


def _own(metric: Metric, zone: str) -> Own:
    try:
        formula = parse_formula(metric.definition, default_timezone=zone)
    except DefinitionError as error:
        return Own(key=metric.key, unit=metric.unit, formula=None, refusal=str(error))
    return Own(key=metric.key, unit=metric.unit, formula=formula)


def asked_by(
    owned: Sequence[Own],
    segments: Mapping[str, SegmentInput],
    also: Mapping[str, SegmentInput],
) -> Asked:
    """What has to be worked out of everybody, and `also` these conditions; under keys that no
    segment has."""
    return Asked(
        measures={
            f"{one.key}:{place}": measure
            for one in owned
            if one.formula
            for place, measure in enumerate(measures_of(one.formula))
        },
        conditions={
            f"{one.key}:0": SegmentInput(definition=one.formula.condition)
            for one in owned
            if isinstance(one.formula, ShareOf)
        }
        | dict(also),
        segments=segments,
    )


# Of some people: how many, or sums of their numbers.
OwnCounted = int | Moments | Pairs


@dataclass(frozen=True, kw_only=True)
class Worked:
    """A metric with what was found of everybody: `numbers` of its measures, or `holds`, for whom
    its condition is true; else the `reason` why there is nothing."""

    own: Own
    numbers: tuple[Numbers, ...] = ()
    holds: Mask | None = None
    reason: str = ""

    def counted(self, members: Crowd) -> OwnCounted | None:
        """What the reading of some people is read off; None where there is nothing."""
        if self.reason:
            return None
        if self.holds is not None:
            return int(np.count_nonzero(self.holds[members]))
        if len(self.numbers) == 1:
            (only,) = self.numbers
            return Moments.of(only.values[members][only.known[members]], about=self.about)
        # Who has none counts with 0, as the values of the unknown are.
        above, below = (one.values[members] for one in self.numbers)
        return Pairs.of(above, below)

    def reading(self, found: OwnCounted | None, n: int) -> Reading:
        """Of `n` people of whom this was counted."""
        match found:
            case Moments():
                return mean_of(found, self.own.unit)
            case Pairs():
                return ratio_of(found, self.own.unit)
            case int():
                return share(found, n)
        return absent(n=n, unit=self.own.unit, method=self.method, reason=self.reason)

    @cached_property
    def about(self) -> float:
        """The mean of those of whom the first of its numbers is known."""
        known = self.numbers[0].values[self.numbers[0].known]
        return float(known.mean()) if len(known) else 0.0

    @property
    def method(self) -> str:
        """How it is obtained."""
        match self.own.formula:
            case ShareOf():
                return SHARE
            case Ratio():
                return RATIO
        return MEAN


def worked(owned: Sequence[Own], answers: Answers, size: int) -> list[Worked]:
    """The metrics with what was found."""
    return [_worked(one, answers, size) for one in owned]


def _worked(own: Own, answers: Answers, size: int) -> Worked:
    if own.formula is None:
        return Worked(own=own, reason=own.refusal)
    keys = [f"{own.key}:{i}" for i in range(2 if isinstance(own.formula, Ratio) else 1)]
    for key in keys:
        if key in answers.refused:
            return Worked(own=own, reason=answers.refused[key].faults[0].message)
    if isinstance(own.formula, Mean | Ratio):
        return Worked(own=own, numbers=tuple(answers.numbers[key] for key in keys))
    holds = np.zeros(size, dtype=bool)
    holds[np.asarray(answers.members[keys[0]].to_array(), dtype=np.intp)] = True
    return Worked(own=own, holds=holds)
