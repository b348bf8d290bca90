"""The teams, their seats and segments."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe


@require_safe
def teams(request: HttpRequest) -> HttpResponse:
    """The teams, their seats and segments."""
    return render(request, "catalogue/teams.html", {})
