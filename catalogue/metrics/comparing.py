"""What was measured of a segment, beside what was measured of others and of itself before."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F, OuterRef, QuerySet, Subquery

from catalogue.models import Reading, Segment, Whose

PERIOD = timedelta(days=28)
GRAINS = ("day", "week", "month")


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """One reading. `definition` and `membership` are the numbers of the versions that it measured;
    None of those whom no version holds."""

    metric: str
    as_of: datetime
    value: float | None
    n: int
    low: float | None
    high: float | None
    unit: str
    method: str
    reason: str
    whose: str
    definition: int | None
    membership: int | None
    points: Sequence[Sequence[float]] = ()

    @property
    def has_interval(self) -> bool:
        """Whether it says how sure it is."""
        return self.low is not None and self.high is not None


Values = Mapping[str, Value]


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """One measuring of one crowd, by metric; empty before the first."""

    measurement: int | None
    as_of: datetime | None
    values: Values


NOTHING = Snapshot(measurement=None, as_of=None, values={})


def measured() -> QuerySet[Reading]:
    """Readings that measurings took, without those taken at publishing."""
    return Reading.objects.filter(measurement__isnull=False)


def newest_of(segment: Segment, *, until: datetime | None = None) -> Snapshot:
    """The members of a segment as they were measured last, at or before `until`."""
    rows = measured().filter(segment=segment, whose=Whose.MEMBERS)
    rows = rows if until is None else rows.filter(as_of__lte=until)
    return _snapshot(rows)


def others_at(segment: Segment, snapshot: Snapshot) -> Snapshot:
    """Everybody else, by the same measuring."""
    rows = measured().filter(segment=segment, whose=Whose.OTHERS)
    return _snapshot(rows.filter(measurement=snapshot.measurement))


def everyone_at(snapshot: Snapshot) -> Snapshot:
    """Everyone, by the same measuring."""
    rows = measured().filter(whose=Whose.EVERYONE)
    return _snapshot(rows.filter(measurement=snapshot.measurement))


def _snapshot(rows: QuerySet[Reading]) -> Snapshot:
    last = rows.order_by("-as_of", "-measurement").values_list("measurement", "as_of").first()
    if last is None:
        return NOTHING
    number, as_of = last
    values = _values(rows.filter(measurement=number))
    by_metric = {one.metric: one for one in values}
    return Snapshot(measurement=number, as_of=as_of, values=by_metric)


def _values(rows: QuerySet[Reading]) -> list[Value]:
    numbered = rows.annotate(d=F("definition__number"), m=F("membership__number"))
    return [
        Value(
            metric=row.metric,
            as_of=row.as_of,
            value=row.value,
            n=row.n,
            low=row.low,
            high=row.high,
            unit=row.unit,
            method=row.method,
            reason=row.reason,
            whose=row.whose,
            definition=row.d,
            membership=row.m,
            points=row.points or (),
        )
        for row in numbered.order_by("as_of", "pk")
    ]


def history(
    segment: Segment,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    grain: str = "",
    metrics: Sequence[str] = (),
) -> Mapping[str, Sequence[Value]]:
    """By metric, the readings of a stretch of time, the oldest first: of the members, and where the
    definition changed, of those whom the one before would have held at the same instant. With a
    grain only the last of each day, week or month, and all of such instants."""
    rows = measured().filter(segment=segment, whose__in=(Whose.MEMBERS, Whose.BEFORE))
    if since is not None:
        rows = rows.filter(as_of__gte=since)
    if until is not None:
        rows = rows.filter(as_of__lte=until)
    if metrics:
        rows = rows.filter(metric__in=metrics)
    found: dict[str, list[Value]] = defaultdict(list)
    for one in _values(rows):
        found[one.metric].append(one)
    return {metric: _thinned(values, grain) for metric, values in found.items()}


def _thinned(values: Sequence[Value], grain: str) -> Sequence[Value]:
    # Of those whom the definition before held comes first what belongs to the line before.
    ordered = sorted(values, key=lambda one: (one.as_of, one.whose != Whose.BEFORE))
    if not grain:
        return ordered
    breaks = {one.as_of for one in ordered if one.whose == Whose.BEFORE}
    last = {_bucket(one.as_of, grain): one.as_of for one in ordered}
    kept = {*last.values(), *breaks}
    return [one for one in ordered if one.as_of in kept]


def _bucket(at: datetime, grain: str) -> tuple[int, ...]:
    if grain == "month":
        return at.year, at.month
    return at.isocalendar()[:2] if grain == "week" else (at.year, at.month, at.day)


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """By how much one reading is above another (below: negative). `is_clear`: whether that is more
    than chance would make of two crowds that are alike; None where that is not known."""

    by: float
    is_clear: bool | None


def difference(one: Value | None, other: Value | None) -> Difference | None:
    """How two readings differ; None where one of them has no value. Their intervals are taken as
    those of independent numbers: at 95 %, by the square root of the sum of their squares."""
    if one is None or other is None or one.value is None or other.value is None:
        return None
    by = one.value - other.value
    halves = [_half(each) for each in (one, other)]
    known = [half for half in halves if half is not None]
    clear = None if len(known) < 2 else abs(by) > math.hypot(*known)
    return Difference(by=by, is_clear=clear)


def _half(value: Value) -> float | None:
    return None if value.low is None or value.high is None else (value.high - value.low) / 2


def across_segments(metric: str, segments: QuerySet[Segment]) -> list[tuple[Segment, Value]]:
    """The newest reading of a metric for each of the segments that has one, by their names."""
    rows = measured().filter(metric=metric, whose=Whose.MEMBERS, segment=OuterRef("pk"))
    newest = Subquery(rows.order_by("-as_of", "-pk").values("pk")[:1])
    named = segments.annotate(reading=newest).filter(reading__isnull=False)
    found = {one.reading: one for one in named.order_by("name", "key")}
    values = dict(zip(_numbers(found), _values(Reading.objects.filter(pk__in=found)), strict=True))
    return [(segment, values[number]) for number, segment in found.items()]


def _numbers(found: Mapping[int, Segment]) -> list[int]:
    rows = Reading.objects.filter(pk__in=found).order_by("as_of", "pk")
    return list(rows.values_list("pk", flat=True))


def everyone_now() -> Snapshot:
    """Everyone, as they were measured last."""
    return _snapshot(measured().filter(whose=Whose.EVERYONE))
