"""The library of evidence, and what of it expires."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from catalogue.models import Evidence, EvidenceKind
from catalogue.research.discovering import discoveries_for
from catalogue.research.evidence import expired, expiring, library, today_of
from catalogue.research.surveys import surveys_for
from catalogue.web.components.structure import Tab
from catalogue.web.sign_in import viewer_of

ON_A_PAGE = 50
STATES = (("", "All"), ("expired", "Expired"), ("expiring", "Expires within 30 days"))


@require_safe
def research(request: HttpRequest) -> HttpResponse:
    """All evidence, what has to be looked at anew first."""
    viewer, now = viewer_of(request), timezone.now()
    today, rows = today_of(now), library(viewer)
    counts = {
        "expired": rows.filter(expired(today)).count(),
        "expiring": rows.filter(expiring(today)).count(),
    }
    state = request.GET.get("state", "")
    state = state if state in dict(STATES) else ""
    kind = request.GET.get("kind", "")
    found = _matching(rows, state, kind, request.GET.get("q", ""), today)
    page = Paginator(found, ON_A_PAGE).get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        "tabs": research_tabs("research", request),
        "page": page,
        "pieces": [(piece, piece.is_expired(today)) for piece in page.object_list],
        "counts": counts,
        "total": rows.count(),
        "states": STATES,
        "state": state,
        "kinds": EvidenceKind.choices,
        "kind": kind,
        "q": request.GET.get("q", ""),
        "now": now,
    }
    return render(request, "catalogue/research.html", context)


def research_tabs(current: str, request: HttpRequest) -> tuple[Tab, ...]:
    """The three parts of research."""
    viewer = viewer_of(request)
    parts = (
        ("research", "Evidence", None),
        ("surveys", "Surveys", surveys_for(viewer).count()),
        ("discoveries", "Discoveries", discoveries_for(viewer).count()),
    )
    return tuple(
        Tab(label=label, url=reverse(route), current=route == current, count=count)
        for route, label, count in parts
    )


def _matching(
    rows: QuerySet[Evidence], state: str, kind: str, words: str, today: Any
) -> QuerySet[Evidence]:
    if state:
        rows = rows.filter(expired(today) if state == "expired" else expiring(today))
    if kind in EvidenceKind.values:
        rows = rows.filter(kind=kind)
    for word in words.split():
        said = Q(source__icontains=word) | Q(claim__icontains=word)
        rows = rows.filter(said | Q(segment__name__icontains=word))
    return rows
