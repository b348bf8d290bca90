"""What was done to the catalogue, by whom and why, the newest first."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_POST, require_safe

from catalogue.filtersets import ChangeFilter
from catalogue.models import User
from catalogue.segments.queries.activity import act_lines
from catalogue.segments.visits import new_for, note_seen
from catalogue.web.activity import days_of
from catalogue.web.chips import chips
from catalogue.web.chosen import address, clean
from catalogue.web.components.structure import Tab
from catalogue.web.fragments import render_page, wants_fragment
from catalogue.web.sign_in import viewer_of
from catalogue.web.stretch import stretch

ON_A_PAGE = 50
PERIODS = (1, 7, 30, 90)
PLACES = ("before", "after")


@require_safe
def changes(request: HttpRequest) -> HttpResponse:
    """The changes that the address asks for: by what, whom, team, segment, way and time."""
    viewer, now = viewer_of(request), timezone.now()
    query = _without(clean(request.GET), *PLACES)
    filters = ChangeFilter(query, viewer=viewer)
    part = stretch(filters.qs.select_related("segment", "team"), request.GET, length=ON_A_PAGE)
    new = new_for(viewer)
    shown = [row.pk for row in part.rows]
    context = {
        **_narrowing(filters, query, viewer),
        "days": days_of(
            act_lines(part.rows, viewer=viewer),
            new=set(new.filter(pk__in=shown).values_list("pk", flat=True)),
            now=now,
        ),
        "new_count": new.count(),
        "seen_at": viewer.seen_changes_at,
        "until": now.isoformat(),
        "newer_url": address(_with(query, after=part.newer)) if part.newer else "",
        "older_url": address(_with(query, before=part.older)) if part.older else "",
        "periods": _periods(query, now),
    }
    response = render_page(
        request, "catalogue/changes.html", context, fragment="catalogue/_changes_found.html"
    )
    if wants_fragment(request):
        response["HX-Push-Url"] = f"{reverse('changes')}{address(query) if query else ''}"
    return response


@require_POST
def changes_seen(request: HttpRequest) -> HttpResponse:
    """Mark as seen what a page showed, so that the next visit says what is new."""
    until = _instant(request.POST.get("until", ""))
    if until is None:
        raise BadRequest("It was not said up to when. Load the changes again, and mark them there.")
    note_seen(user=viewer_of(request), up_to=until, now=timezone.now())
    messages.success(request, "What you saw is marked as seen.")
    return redirect("changes" if "from-changes" in request.POST else "home")


def _narrowing(filters: ChangeFilter, query: QueryDict, viewer: User) -> dict[str, Any]:
    return {
        "total": filters.queryset.count(),
        "count": filters.qs.count(),
        "facets": filters.facets,
        "chips": chips(filters, query, {"since": "Since"}),
        "errors": [error for errors in filters.errors.values() for error in errors],
        "since": query.get("since", "")[:10],
        "since_visit": viewer.seen_changes_at
        and address(_with(query, since=viewer.seen_changes_at.isoformat())),
    }


def _periods(query: QueryDict, now: datetime) -> list[Tab]:
    today = timezone.localdate(now)
    days = {period: (today - timedelta(days=period - 1)).isoformat() for period in PERIODS}
    since = query.get("since", "")
    tabs = [Tab(label="All", url=address(_without(query, "since")), current=not since)]
    return tabs + [
        Tab(
            label="Today" if period == 1 else f"{period} days",
            url=address(_with(query, since=day)),
            current=since == day,
        )
        for period, day in days.items()
    ]


def _with(query: QueryDict, **values: object) -> QueryDict:
    asked = query.copy()
    for name, value in values.items():
        asked[name] = str(value)
    return asked


def _without(query: QueryDict, *names: str) -> QueryDict:
    asked = query.copy()
    for name in names:
        asked.pop(name, None)
    return asked


def _instant(text: str) -> datetime | None:
    try:
        found = parse_datetime(text)
    except ValueError:
        return None
    return found if found is not None and timezone.is_aware(found) else None
