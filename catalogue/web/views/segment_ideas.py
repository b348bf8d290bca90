"""The ideas about one segment."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from catalogue.filtersets.idea import ORDERINGS
from catalogue.ideas.queries import idea_rows
from catalogue.models import Segment
from catalogue.web.idea_cards import idea_cards
from catalogue.web.segment_head import segment_head
from catalogue.web.segment_of import of_segment
from catalogue.web.sign_in import viewer_of

SHOWN = 100


@require_safe
@of_segment(archived=True)
def segment_ideas(request: HttpRequest, segment: Segment) -> HttpResponse:
    """All ideas about it, those with most votes first."""
    viewer = viewer_of(request)
    rows = idea_rows(viewer).filter(segment=segment).order_by(*ORDERINGS["votes"])
    context = {
        "head": segment_head(segment, current="segment-ideas", viewer=viewer),
        "cards": idea_cards(rows[:SHOWN], viewer=viewer),
        "back": request.path,
    }
    return render(request, "catalogue/segment_ideas.html", context)
