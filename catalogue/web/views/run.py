"""One refresh, live: how far it is, what came of it by segment, and what stays meanwhile."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from catalogue.membership.attempt import RefreshError
from catalogue.membership.run_detail import RunDetail, kept_segments, run_detail, segment_results
from catalogue.membership.runs import run_for
from catalogue.membership.steering import cancel_run, retry_run
from catalogue.models import RefreshRun, RunState
from catalogue.permissions import can_refresh_keys
from catalogue.tasks import refresh_run, ring
from catalogue.web.fragments import render_page
from catalogue.web.run_shown import took
from catalogue.web.run_states import ask_every, state_of
from catalogue.web.scans_shown import shown_scans
from catalogue.web.sign_in import viewer_of

ON_A_PAGE = 100


@require_safe
def run(request: HttpRequest, number: int) -> HttpResponse:
    """The refresh of this number; while it goes on the page asks for its live part again."""
    viewer, now = viewer_of(request), timezone.now()
    detail = run_detail(_run(request, number), viewer=viewer, now=now)
    row = detail.run
    context = {
        "run": row,
        "detail": detail,
        "state": state_of(row.state, is_stuck=detail.standing.is_stuck),
        "took": took(row.started_at, row.finished_at, is_active=detail.is_active, now=now),
        "now": now,
        "may_steer": can_refresh_keys(viewer, row.keys),
        "ask_every": ask_every(row.created_at, is_active=detail.is_active, now=now),
        "scans": shown_scans(row.scans),
        "here": request.get_full_path(),
        **_segments(request, detail),
    }
    return render_page(request, "catalogue/run.html", context, fragment="catalogue/_run_live.html")


@require_POST
def run_cancel(request: HttpRequest, number: int) -> HttpResponse:
    """Ask the refresh to stop; nothing of it is published."""
    row = _run(request, number)
    try:
        row = cancel_run(row, by=viewer_of(request))
    except RefreshError as refusal:
        messages.warning(request, str(refusal))
    else:
        before = "was cancelled before it began"
        said = before if row.state == RunState.CANCELLED else "is being stopped"
        messages.success(request, f"Refresh {number} {said}. Nothing of it is published.")
    return redirect("run", number)


@require_POST
def run_retry(request: HttpRequest, number: int) -> HttpResponse:
    """Refresh the same segments again, and lead to that refresh."""
    try:
        again = retry_run(_run(request, number), by=viewer_of(request))
    except RefreshError as refusal:
        messages.warning(request, str(refusal))
        return redirect("run", number)
    ring(refresh_run, again.pk)
    messages.success(request, f"Refresh {again.pk} counts the same segments again.")
    return redirect("run", again.pk)


def _run(request: HttpRequest, number: int) -> RefreshRun:
    found = run_for(number, viewer=viewer_of(request))
    if found is None:
        raise Http404("There is no refresh of this number.")
    return found


def _segments(request: HttpRequest, detail: RunDetail) -> dict[str, Any]:
    """What it found for each segment; until it has ended well, what is published of each."""
    viewer, asked = viewer_of(request), request.GET.get("page")
    if detail.run.state == RunState.SUCCEEDED:
        page = Paginator(detail.results, ON_A_PAGE).get_page(asked)
        some = list(page.object_list)
        return {"page": page, "results": segment_results(detail.run, some, viewer=viewer)}
    kept = Paginator(kept_segments(detail.run, viewer=viewer), ON_A_PAGE).get_page(asked)
    return {"page": kept, "kept": list(kept.object_list)}
