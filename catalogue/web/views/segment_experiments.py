"""What was tried on one segment."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from catalogue.experiments.queries import experiments_for
from catalogue.experiments.rights import can_experiment
from catalogue.models import Rollout, Segment
from catalogue.web.segment_head import segment_head
from catalogue.web.segment_of import of_segment
from catalogue.web.sign_in import viewer_of
from catalogue.web.views.experiments import lines_of


@require_safe
@of_segment(archived=True)
def segment_experiments(request: HttpRequest, segment: Segment) -> HttpResponse:
    """The experiments on a segment, and what was rolled out to it."""
    viewer = viewer_of(request)
    visible = experiments_for(viewer)
    to = Rollout.objects.filter(segment=segment, experiment__in=visible.values("pk"))
    head = segment_head(segment, current="segment-experiments", viewer=viewer)
    context = {
        "head": head,
        "lines": lines_of(visible.filter(segment=segment), viewer),
        "rolled_out": lines_of(
            visible.filter(pk__in=to.values("experiment")).exclude(segment=segment), viewer
        ),
        "can_plan": head.can_write and can_experiment(viewer, segment),
    }
    return render(request, "catalogue/segment_experiments.html", context)
