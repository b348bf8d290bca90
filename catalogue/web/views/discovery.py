"""Groups that reach a goal more or less often: asking for them, and what came of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from catalogue.definitions.canonical import from_canonical, to_data
from catalogue.definitions.english.wording import capitalised
from catalogue.ideas.refusals import IdeaRefused
from catalogue.models import DiscoveredGroup, Discovery
from catalogue.research.discovering import (
    WAITING,
    cancel_discovery,
    discoveries_for,
    request_discovery,
    title_of,
)
from catalogue.research.refusals import ResearchRefused
from catalogue.research.rights import check_can_discover
from catalogue.research.saving import save_group, times
from catalogue.segments.documents import to_yaml
from catalogue.tasks import discover, ring
from catalogue.web.fragments import render_page
from catalogue.web.interval_drawing import drawing, scale_of
from catalogue.web.research_forms import DiscoveryForm, add_refusal, event_names
from catalogue.web.sign_in import viewer_of
from catalogue.web.views.export import PATIENCE, SLOWEST
from catalogue.web.views.research import research_tabs

ON_A_PAGE = 25
LEAST_P = 0.0001


@require_http_methods(["GET", "HEAD", "POST"])
def discoveries(request: HttpRequest) -> HttpResponse:
    """The searches, and a form to ask for one."""
    viewer = viewer_of(request)
    if request.method != "POST":
        initial = {name: request.GET.get(name, "") for name in ("segment", "event")}
        return _list(request, DiscoveryForm(viewer=viewer, initial={**initial, "days": 14}))
    check_can_discover(viewer)
    form = DiscoveryForm(request.POST, viewer=viewer)
    if not form.is_valid():
        return _list(request, form, status=422)
    try:
        asked = {**form.cleaned_data, "by": viewer, "via": "web", "now": timezone.now()}
        made = request_discovery(**asked)
    except ResearchRefused as refused:
        add_refusal(form, refused)
        return _list(request, form, status=422)
    ring(discover, made.pk)
    return redirect("discovery", number=made.pk)


@never_cache
@require_http_methods(["GET", "HEAD"])
def discovery(request: HttpRequest, number: int) -> HttpResponse:
    """How far a search is; once it is done, what it found."""
    found, now = _named(request, number), timezone.now()
    groups = list(found.groups.select_related("idea").order_by("position"))
    most = scale_of([found_.high for found_ in groups])
    context: dict[str, Any] = {
        "discovery": found,
        "title": title_of(found),
        "tabs": research_tabs("discoveries", request),
        "is_waiting": found.state in WAITING,
        "seconds": _seconds(found, now) if found.state in WAITING else 0,
        "lines": [_line(group, most) for group in groups],
        "event": capitalised(found.event),
        "rate": _percent(found.reached / found.n) if found.n else "",
        "may_discover": _may(request),
    }
    return render_page(
        request, "catalogue/discovery.html", context, fragment="catalogue/_discovery_state.html"
    )


@never_cache
@require_POST
def discovery_cancel(request: HttpRequest, number: int) -> HttpResponse:
    """Stop a search; nothing of it is kept."""
    _named(request, number)
    cancel_discovery(number=number, by=viewer_of(request))
    messages.success(request, "The search stops; nothing of it is kept.")
    return redirect("discovery", number=number)


@require_POST
def discovery_save(request: HttpRequest, number: int, position: int) -> HttpResponse:
    """Save a group as an idea, with the analysis as evidence."""
    group = DiscoveredGroup.objects.filter(
        discovery=_named(request, number), position=min(position, 1_000)
    ).first()
    if group is None:
        raise Http404("This search found no such group.")
    viewer = viewer_of(request)
    try:
        idea = save_group(group_id=group.pk, by=viewer, via="web", now=timezone.now())
    except IdeaRefused as refused:
        messages.error(request, str(refused))
        return redirect("discovery", number=number)
    messages.success(request, "The group is an idea now, with the analysis as evidence.")
    return redirect("idea", number=idea.pk)


def _named(request: HttpRequest, number: int) -> Discovery:
    rows = discoveries_for(viewer_of(request))
    found = rows.filter(pk=number).first() if number < 2**63 else None
    if found is None:
        raise Http404(f"There is no discovery {number}.")
    return found


def _line(group: DiscoveredGroup, most: float) -> dict[str, Any]:
    return {
        "group": group,
        "yaml": to_yaml({"definition": to_data(from_canonical(group.canonical))}),
        "rate": _percent(group.rate),
        "low": _percent(group.low),
        "high": _percent(group.high),
        "base": _percent(group.base_rate),
        "p": f"p {group.p_value:.4f}" if group.p_value >= LEAST_P else f"p < {LEAST_P}",
        "times": times(group),
        "is_more": group.lift >= 1,
        "drawing": drawing(group.rate, group.low, group.high, most=most, base=group.base_rate),
    }


def _list(request: HttpRequest, form: DiscoveryForm, *, status: int = 200) -> HttpResponse:
    rows = discoveries_for(viewer_of(request)).prefetch_related("groups")
    page = Paginator(rows, ON_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "tabs": research_tabs("discoveries", request),
        "page": page,
        "lines": [(one, title_of(one), len(one.groups.all())) for one in page.object_list],
        "form": form,
        "events": event_names(),
        "may_discover": _may(request),
    }
    return render(request, "catalogue/discoveries.html", context, status=status)


def _percent(share: float) -> str:
    """Groups and their rates may be small: to a tenth."""
    return f"{100 * share:.1f}\N{NARROW NO-BREAK SPACE}%"


def _may(request: HttpRequest) -> bool:
    try:
        check_can_discover(viewer_of(request))
    except PermissionDenied:
        return False
    return True


def _seconds(found: Discovery, now: datetime) -> int:
    waited = (now - found.created_at).total_seconds()
    return next((every for until, every in PATIENCE if waited < until), SLOWEST)
