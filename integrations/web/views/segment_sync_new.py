"""The first sync of a segment to a tool, step by step: which tool, what it says, what would be sent
to it; then that it should be."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from catalogue.definitions.errors import DefinitionError
from catalogue.models import Segment
from catalogue.permissions import check_can_write
from catalogue.segments.documents import token_of
from catalogue.segments.refusals import SegmentRefused
from catalogue.tasks import ring
from catalogue.web.segment_head import segment_head
from catalogue.web.segment_of import of_segment
from catalogue.web.sign_in import viewer_of
from integrations.errors import IntegrationError
from integrations.models import Destination
from integrations.sync.asking import AskRefused
from integrations.sync.copies import masked, tool_of
from integrations.sync.destinations import open_destination
from integrations.sync.first_sync import first_plan, want_sync
from integrations.tasks import sync_audience

LONGEST_NAME = 200


@require_http_methods(["GET", "HEAD", "POST"])
@of_segment(archived=False)
def segment_sync_new(request: HttpRequest, segment: Segment) -> HttpResponse:
    """The steps; `?to=` and `?as=` are what was chosen. Sending the form does it."""
    check_can_write(viewer_of(request), segment)
    return _confirm(request, segment) if request.method == "POST" else _page(request, segment)


def _confirm(request: HttpRequest, segment: Segment) -> HttpResponse:
    destination, name = _chosen(request.POST)
    if destination is None:
        return _page(request, segment, refused="Choose a tool first.", status=409)
    try:
        audience = want_sync(
            segment=segment,
            destination=destination,
            name=name,
            token=request.POST.get("token", ""),
            by=viewer_of(request),
            via="web",
        )
    except (AskRefused, SegmentRefused, DefinitionError) as refused:
        return _page(request, segment, refused=str(refused), status=409)
    ring(sync_audience, audience.pk)
    messages.success(request, f"“{segment.name}” is sent to {destination.key} from now on.")
    return redirect("segment-sync", key=segment.key)


def _page(
    request: HttpRequest, segment: Segment, *, refused: str = "", status: int = 200
) -> HttpResponse:
    destination, name = _chosen(request.GET)
    there = {line["to"] for line in segment.sync_wanted}
    rows = Destination.objects.exclude(key__in=there).order_by("key")
    context = {
        "head": segment_head(segment, current="segment-sync", viewer=viewer_of(request)),
        "segment": segment,
        "tools": [tool_of(row) for row in rows],
        "name": name,
        "refused": refused,
        "token": token_of(segment),
        **(_looked(segment, destination, name) if destination is not None else {}),
    }
    return render(request, "integrations/segment_sync_new.html", context, status=status)


def _looked(segment: Segment, destination: Destination, name: str) -> dict[str, Any]:
    """What the tool says of itself, and what would be sent to it."""
    found: dict[str, Any] = {
        "tool": tool_of(destination),
        "mode": destination.get_mode_display(),
        "now": timezone.now(),
    }
    try:
        found["plan"] = first_plan(segment, destination, name=name, clock=timezone.now)
    except (AskRefused, PermissionDenied) as refused:
        return {**found, "problem": str(refused)}
    try:
        found["said"] = masked(open_destination(destination).check())
    except IntegrationError as fault:
        found["fault"] = masked(str(fault))
    return found


def _chosen(asked: Any) -> tuple[Destination | None, str]:
    key, name = str(asked.get("to", "")), str(asked.get("as", "")).strip()[:LONGEST_NAME]
    if "\x00" in key + name:
        return None, ""
    return Destination.objects.filter(key=key).first(), name
