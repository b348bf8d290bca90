"""The goal of a segment: whether it is reached, by whom, how fast, and where people drop off."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from catalogue.goals.reading import METHOD, GoalReport, report_of
from catalogue.models import Segment
from catalogue.permissions import can_write_for
from catalogue.segments.from_part import segment_from_part
from catalogue.segments.goal_states import Standing
from catalogue.segments.refusals import SegmentRefused
from catalogue.segments.vocabulary import stored_labels
from catalogue.web.goal import TONES
from catalogue.web.goal_charts import curve_chart, weeks_chart
from catalogue.web.segment_head import segment_head
from catalogue.web.segment_of import of_segment
from catalogue.web.sign_in import viewer_of


@require_safe
@of_segment(archived=True)
def segment_goal(request: HttpRequest, segment: Segment) -> HttpResponse:
    """The page of the goal."""
    viewer = viewer_of(request)
    report = report_of(segment, labels=stored_labels(viewer))
    context = {
        "head": segment_head(segment, current="segment-goal", viewer=viewer),
        "report": report,
        "standing": report.standing,
        "tone": TONES[report.standing.state],
        "share": _share(report.standing),
        "method": METHOD,
        "bar": _bar(report),
        "weeks": weeks_chart(report.weeks, report.standing.target),
        "curve": curve_chart(report.curve),
        "can_make": can_write_for(viewer, segment.team),
    }
    return render(request, "catalogue/segment_goal.html", context)


@require_POST
@of_segment(archived=False)
def segment_goal_use(request: HttpRequest, segment: Segment) -> HttpResponse:
    """Make a draft of those who reached it, or did not, and go on in it."""
    try:
        made = segment_from_part(
            key=segment.key,
            part=request.POST.get("part", ""),
            by=viewer_of(request),
            via="web",
        )
    except SegmentRefused as refused:
        messages.error(request, str(refused))
        return redirect("segment-goal", key=segment.key)
    messages.success(
        request, f"“{made.name}” is a draft now. Say why, and which tools should hold it."
    )
    return redirect("segment-edit", key=made.key)


def _share(standing: Standing) -> str | None:
    return None if standing.share is None else f"{100 * standing.share:.1f}"


def _bar(report: GoalReport) -> list[tuple[str, str, str]]:
    """The pieces of the bar, from the left: what it is, where it begins and how wide it is, in
    percent of all who entered."""
    split = report.split
    if split is None or not split.entered:
        return []
    counts = (
        ("reached", split.reached_count),
        ("missed", split.missed_count),
        ("early", split.too_early_count),
        ("waiting", split.not_yet_count),
    )
    pieces, start = [], 0.0
    for name, count in counts:
        width = 100 * count / split.entered
        pieces.append((name, f"{start:.2f}", f"{width:.2f}"))
        start += width
    return pieces
