"""Lifetime value that has been realised: what members have paid so far."""

from __future__ import annotations

from collections.abc import Iterable

from catalogue.definitions.errors import Code, refuse
from catalogue.metrics.means import mean_of
from catalogue.metrics.measured import Reading
from catalogue.metrics.moments import Moments

METHOD = "mean revenue per member up to now, refunds taken off; 95 % interval by Student’s t"


def one_currency(codes: Iterable[str]) -> str:
    """The one currency of all amounts. Raises DefinitionError when there are several, or none."""
    found = sorted(set(codes))
    if len(found) > 1:
        listed = f"{', '.join(found[:-1])} and {found[-1]}"
        raise refuse(
            Code.BAD_VALUE,
            f"The amounts are in {listed}. They cannot be added up: choose one currency with"
            " “where”, or send the amounts in one currency as a property of their own.",
            "/value/currency",
        )
    if not found:
        raise refuse(Code.BAD_VALUE, "No amount says its currency.", "/value/currency")
    return found[0]


def realised(found: Moments) -> Reading:
    """The mean of what each member has paid so far, in the currency; who has bought nothing counts
    with 0."""
    return mean_of(found, "money", METHOD)
