"""One team: who sits in it, its segments, what waits for it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe


@require_safe
def team(request: HttpRequest, slug: str) -> HttpResponse:
    """One team: who sits in it, its segments, what waits for it."""
    return render(request, "catalogue/team.html", {"slug": slug})
