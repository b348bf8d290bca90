"""What was measured of a segment: against others, against itself before, and over time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from catalogue.metrics.comparing import (
    NOTHING,
    PERIOD,
    Snapshot,
    everyone_at,
    history,
    newest_of,
    others_at,
)
from catalogue.metrics.registry import Registered, registered
from catalogue.models import Segment, User, Workspace
from catalogue.permissions import can_define_metrics, can_set_workspace
from catalogue.segments.vocabulary import stored_labels
from catalogue.web.asked import number_in
from catalogue.web.components.structure import Tab
from catalogue.web.csv_files import csv_file
from catalogue.web.measured_lines import FIRST, MeasuredLine, breaks_of, charts_of, measured_lines
from catalogue.web.segment_head import segment_head
from catalogue.web.segment_of import of_segment
from catalogue.web.sign_in import viewer_of
from catalogue.web.staying_chart import staying_chart

WEEKS = (4, 12, 26, 52)
CROWDS = (("others", "Everybody else"), ("everyone", "Everyone"))
HEADINGS = ("metric", "unit", "value", "low", "high", "n", "reason", "method", "as_of")


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """With whom: `key` stands in the address, `label` above the column."""

    key: str
    label: str
    snapshot: Snapshot


@require_safe
@of_segment(archived=True)
def segment_metrics(request: HttpRequest, segment: Segment) -> HttpResponse:
    """All metrics of the members, for a period and beside whoever was chosen; or as CSV."""
    viewer = viewer_of(request)
    metrics = registered(stored_labels(viewer))
    they = newest_of(segment)
    weeks = number_in(request.GET, "weeks", default=12, choices=WEEKS)
    if request.GET.get("format") == "csv":
        return _csv(segment, they, metrics)
    compared = _compared(request, segment, they, viewer)
    context: dict[str, Any] = {
        "head": segment_head(segment, current="segment-metrics", viewer=viewer),
        "they": they,
        "compared": compared,
        "periods": _periods(weeks, compared.key),
        "crowds": _crowds(weeks, compared.key),
        "weeks": weeks,
        "others": _other_segments(segment, viewer),
        "may_define": can_define_metrics(viewer),
        "may_set": can_set_workspace(viewer),
        "fewest": Workspace.current().fewest_people,
        **_measured(segment, they, compared, metrics, weeks),
    }
    return render(request, "catalogue/segment_metrics.html", context)


def _measured(
    segment: Segment,
    they: Snapshot,
    compared: Compared,
    metrics: Sequence[Registered],
    weeks: int,
) -> dict[str, Any]:
    if they.as_of is None:
        return {"groups": []}
    since = they.as_of - timedelta(weeks=weeks)
    histories = history(segment, since=since, grain="day" if weeks <= WEEKS[0] else "week")
    before = newest_of(segment, until=they.as_of - PERIOD)
    lines = measured_lines(metrics, they, compared.snapshot.values, before.values, histories)
    charts = charts_of(metrics, histories)
    return {
        "groups": _grouped([line for line in lines if line.shown or line.is_hidden]),
        "missing": [line for line in lines if not line.shown and not line.is_hidden],
        "charts": [one for one in charts if one.metric.key in FIRST],
        "more_charts": [one for one in charts if one.metric.key not in FIRST],
        "breaks": breaks_of(metrics, histories),
        "staying": staying_chart(they.values.get("staying_84d")),
        "before": before,
    }


def _grouped(lines: Sequence[MeasuredLine]) -> list[tuple[str, list[MeasuredLine]]]:
    names = dict.fromkeys(line.metric.group for line in lines)
    return [(name, [line for line in lines if line.metric.group == name]) for name in names]


def _compared(request: HttpRequest, segment: Segment, they: Snapshot, viewer: User) -> Compared:
    key = request.GET.get("with", "others")
    if key == "everyone":
        return Compared(key=key, label="Everyone", snapshot=everyone_at(they))
    other = Segment.objects.visible_to(viewer).filter(key=key).exclude(pk=segment.pk).first()
    if other is not None:
        snapshot = newest_of(other, until=they.as_of) if they.as_of else NOTHING
        return Compared(key=other.key, label=other.name, snapshot=snapshot)
    return Compared(key="others", label="Everybody else", snapshot=others_at(segment, they))


def _periods(weeks: int, crowd: str) -> list[Tab]:
    return [
        Tab(label=f"{each} weeks", url=f"?weeks={each}&with={crowd}", current=each == weeks)
        for each in WEEKS
    ]


def _crowds(weeks: int, crowd: str) -> list[Tab]:
    return [
        Tab(label=label, url=f"?weeks={weeks}&with={key}", current=key == crowd)
        for key, label in CROWDS
    ]


def _other_segments(segment: Segment, viewer: User) -> list[tuple[str, str]]:
    rows = Segment.objects.visible_to(viewer).exclude(pk=segment.pk)
    measured = rows.filter(readings__measurement__isnull=False).distinct().order_by("name")
    return list(measured.values_list("key", "name"))


def _csv(segment: Segment, they: Snapshot, metrics: Sequence[Registered]) -> HttpResponse:
    found = [they.values[one.key] for one in metrics if one.key in they.values]
    rows = [
        (one.metric, one.unit, one.value, one.low, one.high, one.n, one.reason, one.method)
        + (one.as_of.isoformat(),)
        for one in found
    ]
    return csv_file(f"{segment.key}-metrics.csv", HEADINGS, rows)
