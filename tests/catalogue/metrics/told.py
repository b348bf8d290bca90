"""Readings written by hand, for those who only show them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from catalogue.models import Measurement, Reading, RunState, Segment, Whose


def told(
    segment: Segment | None,
    as_of: datetime,
    whose: Whose = Whose.MEMBERS,
    measurement: Measurement | None = None,
    **values: float | None,
) -> Measurement:
    """Readings of shares by metric, on 200 people, with an interval of ±0.02; None is hidden."""
    done = measurement or Measurement.objects.create(state=RunState.SUCCEEDED, now=as_of)
    for metric, value in {"size": 200.0, **values}.items():
        Reading.objects.create(
            measurement=done,
            segment=segment,
            membership=segment and segment.membership,
            definition=segment and segment.definition,
            whose=whose,
            metric=metric,
            as_of=as_of,
            **_numbers(metric, value),
        )
    return done


def _numbers(metric: str, value: float | None) -> dict[str, Any]:
    how = {"n": 200, "unit": "people" if metric == "size" else "share", "method": "by hand"}
    if value is None:
        return {**how, "n": 3, "reason": "Measured on fewer than 10 people, so it is hidden."}
    if metric == "size":
        return {**how, "value": value}
    return {**how, "value": value, "low": value - 0.02, "high": value + 0.02}


WEEK = timedelta(weeks=1)
