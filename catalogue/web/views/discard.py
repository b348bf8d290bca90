"""Throwing a draft away, after a question."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from catalogue.models import Segment
from catalogue.permissions import check_can_write
from catalogue.segments.documents import document_of
from catalogue.segments.editing import discard_draft
from catalogue.segments.vocabulary import stored_labels
from catalogue.web.editor.comparing import compare
from catalogue.web.editor.stored import draft_of
from catalogue.web.segment_head import segment_head
from catalogue.web.segment_of import of_segment
from catalogue.web.sign_in import viewer_of


@require_http_methods(["GET", "HEAD", "POST"])
@of_segment(archived=False)
def discard(request: HttpRequest, segment: Segment) -> HttpResponse:
    """What would be lost, and losing it."""
    check_can_write(viewer_of(request), segment)
    if request.method == "POST":
        discard_draft(key=segment.key, by=viewer_of(request), via="web")
        messages.success(request, f"The draft of “{segment.name}” is gone. What is live stays.")
        return redirect("segment", key=segment.key)
    draft = draft_of(segment)
    context = {
        "head": segment_head(segment, current="segment-edit", viewer=viewer_of(request)),
        "draft": draft,
        "difference": draft
        and compare(
            document_of(segment),
            draft.document,
            labels=stored_labels(viewer_of(request)),
            timezone=settings.WORKSPACE_TIME_ZONE,
        ),
    }
    return render(request, "catalogue/segment_discard.html", context)
