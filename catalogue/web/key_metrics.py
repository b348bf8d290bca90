"""Three numbers that say most about a segment, beside its size."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from catalogue.metrics.comparing import difference as apart
from catalogue.metrics.comparing import newest_of, others_at
from catalogue.metrics.standard import KEY_METRICS, STANDARD
from catalogue.models import Segment
from catalogue.web.amounts import amount, in_words, interval

SHOWN = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyMetric:
    """One of them: how sure it is, on how many people, as of when, and how it differs from what
    everybody else comes to."""

    key: str
    name: str
    shown: str
    interval: str
    difference: str
    n: int
    method: str
    as_of: datetime


def key_metrics(segment: Segment) -> list[KeyMetric]:
    """The first three of them that have a value; none before the first measuring."""
    they = newest_of(segment)
    if they.as_of is None:
        return []
    others = others_at(segment, they).values
    values = [they.values[key] for key in KEY_METRICS if key in they.values]
    return [
        KeyMetric(
            key=one.metric,
            name=STANDARD[one.metric].name,
            shown=amount(one.value, one.unit),
            interval=interval(one),
            difference=in_words(apart(one, others.get(one.metric)), one.unit),
            n=one.n,
            method=one.method,
            as_of=one.as_of,
        )
        for one in values
        if one.value is not None
    ][:SHOWN]
