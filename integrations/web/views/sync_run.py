"""One sync: its plan, its batches, what the tool was asked and what it said."""

from __future__ import annotations

from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from catalogue.models import Segment
from catalogue.web.fragments import render_page
from catalogue.web.run_states import ask_every, state_of
from catalogue.web.sign_in import viewer_of
from integrations.models import SyncRun, SyncState
from integrations.sync.copies import masked, tool_of
from integrations.sync.run_report import report_of

HEAVY = ("audience__acknowledged", "audience__uncertain", "audience__sent")
# The steps between a segment and what is sent, in their order, in words.
STEPS = (
    ("deleted", "deleted"),
    ("suppressed", "suppressed"),
    ("without_consent", "without consent"),
    ("in_other_lists", "in a list that comes first"),
)


@require_safe
def sync_run(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """The page of a sync of a segment that the viewer may see, with that tool."""
    run = _run(key, number)
    viewer = viewer_of(request)
    segment = Segment.objects.visible_to(viewer).filter(key=run.audience.segment_key).first()
    if segment is None:
        raise Http404("There is no such sync.")
    is_running = run.state == SyncState.RUNNING
    context = {
        "report": report_of(run),
        "run": run,
        "segment": segment,
        "tool": tool_of(run.audience.destination),
        "state": state_of(run.state),
        "sentence": masked(run.sentence),
        "left_out": _left_out(run),
        "took": _took(run, timezone.now()),
        "seconds": ask_every(run.started_at, is_active=is_running, now=timezone.now()),
    }
    return render_page(
        request, "integrations/sync_run.html", context, fragment="integrations/_sync_run.html"
    )


def _run(key: str, number: int) -> SyncRun:
    rows = SyncRun.objects.select_related("audience__destination").defer(*HEAVY)
    run = None
    if "\x00" not in key and number < 10**12:
        run = rows.filter(pk=number, audience__destination__key=key).first()
    if run is None:
        raise Http404("There is no such sync.")
    return run


def _left_out(run: SyncRun) -> list[tuple[str, int]]:
    """Why members of the segment were not to be sent, and how many."""
    counts: dict[str, int] = run.waterfall
    return [(words, counts[name]) for name, words in STEPS if counts.get(name)]


def _took(run: SyncRun, now: datetime) -> float:
    """Seconds, until now while it runs."""
    return ((run.finished_at or now) - run.started_at).total_seconds()
