"""Pausing one list of a segment, letting it go on, sending it as a whole, reading it back."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from catalogue.models import Segment
from catalogue.web.segment_of import of_segment
from catalogue.web.sign_in import viewer_of
from integrations.models import Audience
from integrations.sync.steering import go_on, look_again, pause, send_everybody
from integrations.tasks import measure_list
from integrations.web.views.segment_sync import asked


@require_POST
@of_segment(archived=False)
def segment_sync_pause(request: HttpRequest, segment: Segment) -> HttpResponse:
    """Send nothing to one list, for the reason that the form gives."""
    reason = request.POST.get("reason", "")

    def ask(audience_id: int) -> Audience:
        by = viewer_of(request)
        return pause(segment=segment, audience_id=audience_id, reason=reason, by=by, via="web")

    return asked(request, segment, ask, "Nothing is sent to {} until it goes on.", task=None)


@require_POST
@of_segment(archived=False)
def segment_sync_resume(request: HttpRequest, segment: Segment) -> HttpResponse:
    """Let a paused list go on."""

    def ask(audience_id: int) -> Audience:
        return go_on(segment=segment, audience_id=audience_id, by=viewer_of(request), via="web")

    return asked(request, segment, ask, "The list in {} goes on.")


@require_POST
@of_segment(archived=False)
def segment_sync_full(request: HttpRequest, segment: Segment) -> HttpResponse:
    """Have every member sent again."""

    def ask(audience_id: int) -> Audience:
        by = viewer_of(request)
        return send_everybody(segment=segment, audience_id=audience_id, by=by, via="web")

    return asked(request, segment, ask, "Everybody is sent to {} again.")


@require_POST
@of_segment(archived=False)
def segment_sync_look(request: HttpRequest, segment: Segment) -> HttpResponse:
    """Have one list read back."""

    def ask(audience_id: int) -> Audience:
        by = viewer_of(request)
        return look_again(segment=segment, audience_id=audience_id, by=by, via="web")

    return asked(request, segment, ask, "The list in {} is read back.", task=measure_list)
