"""The answer to an edit that came too late: both versions, and what can be done."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from catalogue.models import Segment
from catalogue.segments.refusals import StaleEdit
from catalogue.segments.vocabulary import stored_labels
from catalogue.web.editor.comparing import compare
from catalogue.web.sign_in import viewer_of

# Of the posted form; all else is what somebody typed.
NOT_TYPED = ("csrfmiddlewaretoken", "token", "do")


def show_conflict(request: HttpRequest, segment: Segment, stale: StaleEdit) -> HttpResponse:
    """409, with the posted form carried along. Taking it over is a deliberate act: the form comes
    back, with the newest state as what it is based on."""
    typed = [(n, v) for n, values in request.POST.lists() if n not in NOT_TYPED for v in values]
    labels = stored_labels(viewer_of(request))
    context = {
        "segment": segment,
        "stale": stale,
        "typed": typed,
        "difference": compare(
            stale.theirs, stale.yours, labels=labels, timezone=settings.WORKSPACE_TIME_ZONE
        ),
        "edit_url": reverse("segment-edit", args=[segment.key]),
    }
    return render(request, "catalogue/segment_conflict.html", context, status=409)
