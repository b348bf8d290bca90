"""What a segment's why rests on: its claims with their evidence, and surveys among its people."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from catalogue.definitions.errors import DefinitionError
from catalogue.models import Segment
from catalogue.permissions import check_can_write
from catalogue.research.discovering import discoveries_for
from catalogue.research.evidence import add_evidence, claims_of, today_of
from catalogue.research.surveys import surveys_for
from catalogue.segments.refusals import SegmentRefused
from catalogue.web.research_forms import EvidenceForm
from catalogue.web.segment_head import segment_head
from catalogue.web.segment_of import of_segment
from catalogue.web.sign_in import viewer_of

DISCOVERIES_SHOWN = 5


@require_http_methods(["GET", "HEAD", "POST"])
@of_segment(archived=True)
def segment_research(request: HttpRequest, segment: Segment) -> HttpResponse:
    """The claims of the why and what they rest on; a piece is added by POST."""
    if request.method != "POST":
        return _show(request, segment, EvidenceForm())
    check_can_write(viewer_of(request), segment)
    form = EvidenceForm(request.POST)
    if not form.is_valid():
        return _show(request, segment, form, status=422)
    try:
        add_evidence(key=segment.key, piece=form.piece(), by=viewer_of(request), via="web")
    except DefinitionError as error:
        for fault in error.faults:
            name = fault.pointer.rpartition("/")[2]
            form.add_error(name if name in form.fields else None, fault.message)
        return _show(request, segment, form, status=422)
    except SegmentRefused as refused:
        form.add_error(None, str(refused))
        return _show(request, segment, form, status=409)
    messages.success(request, "The evidence is added.")
    return redirect("segment-research", key=segment.key)


def _show(
    request: HttpRequest, segment: Segment, form: EvidenceForm, *, status: int = 200
) -> HttpResponse:
    viewer, today = viewer_of(request), today_of(timezone.now())
    pieces = list(segment.evidence.all())
    claims = claims_of(segment.why, pieces)
    context = {
        "head": segment_head(segment, current="segment-research", viewer=viewer),
        "claims": [
            (one.sentence, [(piece, piece.is_expired(today)) for piece in one.evidence])
            for one in claims
        ],
        "count": len(pieces),
        "expired_count": sum(piece.is_expired(today) for piece in pieces),
        "form": form,
        "surveys": surveys_for(viewer),
        "discoveries": discoveries_for(viewer).filter(segment=segment)[:DISCOVERIES_SHOWN],
    }
    return render(request, "catalogue/segment_research.html", context, status=status)
