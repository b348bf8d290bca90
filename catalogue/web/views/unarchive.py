"""Bringing an archived segment back."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from catalogue.models import Segment
from catalogue.segments.publishing import unarchive as bring_back
from catalogue.web.segment_of import of_segment
from catalogue.web.sign_in import viewer_of


@require_POST
@of_segment(archived=True)
def unarchive(request: HttpRequest, segment: Segment) -> HttpResponse:
    """Make it a draft again: it goes live when somebody publishes it."""
    bring_back(key=segment.key, by=viewer_of(request), via="web")
    messages.success(request, f"“{segment.name}” is back as a draft. Publish it to let it go live.")
    return redirect("segment", key=segment.key)
