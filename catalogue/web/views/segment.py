"""One segment: the six answers, and what proves them."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from catalogue.lint.looking import FORMULA
from catalogue.models import Segment, Status, User
from catalogue.permissions import can_publish, can_refresh, can_refresh_keys
from catalogue.segments.queries.overview import Run, segment_count, segment_page
from catalogue.segments.queries.rows import SegmentRow
from catalogue.segments.subjects import PLURALS
from catalogue.web import goal
from catalogue.web.charts import size_chart, sparkline
from catalogue.web.copies import copies_in_short, copy_in_words
from catalogue.web.fragments import fragment_of
from catalogue.web.key_metrics import key_metrics
from catalogue.web.segment_head import segment_head
from catalogue.web.segment_of import of_segment
from catalogue.web.sign_in import viewer_of

# How often a waiting page asks, and when it becomes patient: seconds.
ASK_EVERY, ASK_LATER_EVERY, PATIENT_AFTER = 2, 10, 60


@require_safe
@of_segment(archived=True)
def segment(request: HttpRequest, segment: Segment) -> HttpResponse:
    """The page of the segment with this key."""
    viewer = viewer_of(request)
    page = segment_page(segment, viewer=viewer, now=timezone.now())
    context = {
        "head": segment_head(segment, current="segment", viewer=viewer),
        "page": page,
        "row": page.row,
        "goal": goal.in_short(page.row),
        "chart": size_chart(page.row.sizes),
        "copies": copies_in_short(page.row.tools),
        "tools": [(tool, copy_in_words(tool)) for tool in page.row.tools],
        "formula": FORMULA,
        "key_metrics": key_metrics(segment),
        "can_unarchive": segment.status == Status.ARCHIVED and can_publish(viewer, segment),
        **_count(segment, page.row, page.population, page.run, viewer),
    }
    return render(request, "catalogue/segment.html", context)


@require_safe
@fragment_of(lambda key: reverse("segment", args=[key]))
@of_segment(archived=True)
def segment_size(request: HttpRequest, segment: Segment) -> HttpResponse:
    """How many there are now: what the page asks for while a refresh runs."""
    count = segment_count(segment, now=timezone.now())
    context = _count(segment, count.row, count.population, count.run, viewer_of(request))
    if count.run is None or not count.run.is_active:
        # The number has settled: the chart below shows it too.
        context["chart"] = size_chart(count.row.sizes)
    return render(request, "catalogue/_segment_size_answer.html", context)


def _count(
    segment: Segment, row: SegmentRow, population: int, run: Run | None, viewer: User
) -> dict[str, Any]:
    return {
        "row": row,
        "method": f"exact · m{row.membership}",
        "share": f"of {population:,} {PLURALS[row.subject]}",
        "spark": sparkline(row.sizes),
        "run": run,
        "ask_every": _ask_every(run),
        "refresh_url": _act("segment-refresh", segment, _may_refresh(viewer, segment)),
        "cancel_url": _act("segment-refresh-cancel", segment, _can_cancel(viewer, run)),
    }


def _act(route: str, segment: Segment, may: bool) -> str:
    """Where to ask for it; "" for who may not."""
    return reverse(route, args=[segment.key]) if may else ""


def _may_refresh(viewer: User, segment: Segment) -> bool:
    return segment.status != Status.ARCHIVED and can_refresh(viewer, segment)


def _can_cancel(viewer: User, run: Run | None) -> bool:
    return run is not None and run.is_active and can_refresh_keys(viewer, run.keys)


def _ask_every(run: Run | None) -> int:
    if run is None or not run.is_active:
        return 0
    waited = (timezone.now() - run.asked_at).total_seconds()
    return ASK_EVERY if waited < PATIENT_AFTER else ASK_LATER_EVERY
