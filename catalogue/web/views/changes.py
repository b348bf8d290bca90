"""What was done to the catalogue, by whom and why, the newest first."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe


@require_safe
def changes(request: HttpRequest) -> HttpResponse:
    """What was done to the catalogue, by whom and why, the newest first."""
    return render(request, "catalogue/changes.html", {})
