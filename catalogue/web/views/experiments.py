"""All experiments, newest first: what was tried, on whom, what came of it."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from catalogue.experiments.queries import experiments_for, standings
from catalogue.experiments.rights import can_plan_some
from catalogue.filtersets import ExperimentFilter
from catalogue.models import Decision, Experiment, ExperimentState, Segment, Team, Workspace
from catalogue.segments.vocabulary import stored_labels
from catalogue.web.chosen import address, clean
from catalogue.web.experiment_shown import Shown, shown
from catalogue.web.fragments import render_page, wants_fragment
from catalogue.web.sign_in import viewer_of

ON_A_PAGE = 25


@require_safe
def experiments(request: HttpRequest) -> HttpResponse:
    """The experiments that the address asks for."""
    viewer = viewer_of(request)
    query = clean(request.GET)
    rows = experiments_for(viewer)
    filters = ExperimentFilter(query, viewer=viewer, queryset=rows)
    page = Paginator(filters.qs, ON_A_PAGE).get_page(request.GET.get("page"))
    tried = Segment.objects.visible_to(viewer).filter(experiments__isnull=False).distinct()
    context: dict[str, Any] = {
        "page": page,
        "lines": lines_of(page.object_list, viewer),
        "total": rows.count(),
        "asked": query,
        "states": ExperimentState.choices,
        "decisions": Decision.choices,
        "segments": tried.order_by("name"),
        "teams": Team.objects.filter(segments__in=tried).distinct().order_by("name"),
        "errors": [error for errors in filters.errors.values() for error in errors],
        "can_plan": can_plan_some(viewer),
    }
    answer = render_page(
        request, "catalogue/experiments.html", context, fragment="catalogue/_experiments_found.html"
    )
    if wants_fragment(request):
        answer["HX-Push-Url"] = f"{reverse('experiments')}{address(query) if query else ''}"
    return answer


def lines_of(rows: QuerySet[Experiment] | Any, viewer: Any) -> list[Shown]:
    """Experiments as lines of a list."""
    events = stored_labels(viewer).events
    fewest = Workspace.current().fewest_people
    return [shown(one, events, fewest=fewest) for one in standings(rows)]
