"""The teams, their seats and segments."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from catalogue.segments.queries.teams import team_lines
from catalogue.web.sign_in import viewer_of


@require_safe
def teams(request: HttpRequest) -> HttpResponse:
    """All teams in numbers, those of whoever asks first."""
    lines = team_lines(viewer_of(request))
    context = {"lines": sorted(lines, key=lambda line: not line.is_mine)}
    return render(request, "catalogue/teams.html", context)
