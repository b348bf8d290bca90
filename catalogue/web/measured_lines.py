"""A table of metrics: they, whom they are compared with, the difference in words, before, trend."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from catalogue.metrics.comparing import Snapshot, Value, Values, difference
from catalogue.metrics.registry import Registered
from catalogue.web.amounts import amount, in_words, interval, unit_word
from catalogue.web.charts import ChartPair, Sparkline
from catalogue.web.metric_charts import metric_chart, metric_spark

# What is not compared: a part is always smaller than everyone.
NOT_COMPARED = ("size", "entered", "left")


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredLine:
    """One row. Of a reading without a value `reason` says why; `is_hidden` when that is because
    too few people were measured. `tone` is that of the difference: harm is red, nothing else."""

    metric: Registered
    value: Value | None
    shown: str
    unit: str
    interval: str
    reason: str
    is_hidden: bool
    peer: str
    words: str
    before: str
    spark: Sparkline | None

    @property
    def n(self) -> int | None:
        """On how many people."""
        return None if self.value is None else self.value.n


def measured_lines(
    metrics: Sequence[Registered],
    they: Snapshot,
    peer: Values,
    before: Values,
    histories: Mapping[str, Sequence[Value]],
) -> list[MeasuredLine]:
    """A row for each metric that was measured."""
    return [
        _line(metric, they.values[metric.key], peer, before, histories.get(metric.key, ()))
        for metric in metrics
        if metric.key in they.values
    ]


def _line(
    metric: Registered, value: Value, peer: Values, before: Values, series: Sequence[Value]
) -> MeasuredLine:
    other = peer.get(metric.key)
    compared = None if metric.key in NOT_COMPARED else difference(value, other)
    return MeasuredLine(
        metric=metric,
        value=value,
        shown=amount(value.value, value.unit),
        unit=unit_word(value.unit),
        interval=interval(value),
        reason=value.reason,
        is_hidden="hidden" in value.reason,
        peer=_shown(other),
        words=in_words(compared, value.unit),
        before=_shown(before.get(metric.key)),
        spark=metric_spark(series),
    )


def _shown(value: Value | None) -> str:
    return "" if value is None else amount(value.value, value.unit)


@dataclass(frozen=True, slots=True, kw_only=True)
class Charted:
    """The line of one metric over the period, and the ends of its last reading."""

    metric: Registered
    chart: ChartPair


# What a page shows first; the other lines are a press away.
FIRST = ("size", "active_share_28d", "conversion_28d", "clv_12_months", "churn_28d")


def charts_of(
    metrics: Sequence[Registered], histories: Mapping[str, Sequence[Value]]
) -> list[Charted]:
    """The metrics that there is a line of."""
    pairs = ((one, metric_chart(one.name, histories.get(one.key, ()))) for one in metrics)
    return [Charted(metric=one, chart=chart) for one, chart in pairs if chart is not None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Break:
    """Where the definition changed: what both came to at the same instant."""

    at: Any
    before: int | None
    after: int | None
    said: tuple[str, ...]


def breaks_of(
    metrics: Sequence[Registered], histories: Mapping[str, Sequence[Value]]
) -> list[Break]:
    """The changes of definition in the period, the newest first, each with the metrics that both
    definitions were measured by."""
    sizes = histories.get("size", ())
    names = {one.key: one.name for one in metrics}
    found = []
    for old in reversed([one for one in sizes if one.whose == "before"]):
        new = next(one for one in sizes if one.as_of == old.as_of and one.whose != "before")
        said = tuple(_both(names[key], histories[key], old) for key in histories if key in names)
        found.append(
            Break(
                at=old.as_of,
                before=old.definition,
                after=new.definition,
                said=tuple(one for one in said if one),
            )
        )
    return found


def _both(name: str, series: Sequence[Value], at: Value) -> str:
    there = [one for one in series if one.as_of == at.as_of and one.value is not None]
    old = next((one for one in there if one.whose == "before"), None)
    new = next((one for one in there if one.whose != "before"), None)
    if old is None or new is None:
        return ""
    return f"{name}: {_shown(old)} by d{old.definition}, {_shown(new)} by d{new.definition}"
