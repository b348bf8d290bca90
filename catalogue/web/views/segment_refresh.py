"""Asking for a refresh of one segment, and taking that back."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from catalogue.membership.publishing import request_refresh_by
from catalogue.membership.refresh import cancel_refresh
from catalogue.models import Segment
from catalogue.permissions import can_refresh_keys
from catalogue.segments.queries.overview import newest_run
from catalogue.tasks import refresh_run, ring
from catalogue.web.segment_of import of_segment
from catalogue.web.sign_in import viewer_of


@require_POST
@of_segment(archived=False)
def segment_refresh(request: HttpRequest, segment: Segment) -> HttpResponse:
    """Refresh the segment as soon as a worker is free."""
    run = request_refresh_by(key=segment.key, by=viewer_of(request))
    ring(refresh_run, run.pk)
    return redirect("segment", key=segment.key)


@require_POST
@of_segment(archived=False)
def segment_refresh_cancel(request: HttpRequest, segment: Segment) -> HttpResponse:
    """Stop the run that waits or works on the segment; what it counted so far is not published."""
    run = newest_run(segment)
    if run is not None and run.is_active:
        if not can_refresh_keys(viewer_of(request), run.keys):
            raise PermissionDenied(
                "This refresh counts segments of other teams too. A site admin can stop it."
            )
        cancel_refresh(run_id=run.id)
        messages.success(request, f"The refresh of “{segment.name}” is being stopped.")
    return redirect("segment", key=segment.key)
