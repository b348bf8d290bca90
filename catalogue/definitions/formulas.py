"""What a metric of the company's own measures of some people: a mean, a share or a ratio."""

from __future__ import annotations

from dataclasses import dataclass

from catalogue.definitions.errors import Code, refuse
from catalogue.definitions.measures import Measure
from catalogue.definitions.nodes import Definition


@dataclass(frozen=True, slots=True, kw_only=True)
class Mean:
    """The mean of a measure per person. Who has no such event counts zero in counts and sums, and
    is left out of everything else."""

    measure: Measure


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareOf:
    """The share of people, customers always, of whom a condition is true."""

    condition: Definition

    def __post_init__(self) -> None:
        if self.condition.subject != "customer":
            raise refuse(
                Code.BAD_VALUE,
                "A share is one of customers. Write a condition about customers.",
                "/subject",
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratio:
    """One measure, added up over people, divided by another one, added up as well."""

    above: Measure
    below: Measure


Formula = Mean | ShareOf | Ratio


def measures_of(formula: Formula) -> tuple[Measure, ...]:
    """The measures in it, in the order written; none of a share."""
    match formula:
        case Mean(measure=measure):
            return (measure,)
        case Ratio(above=above, below=below):
            return (above, below)
    return ()
