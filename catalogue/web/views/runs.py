"""What was refreshed and synced, the newest first."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe


@require_safe
def runs(request: HttpRequest) -> HttpResponse:
    """What was refreshed and synced, the newest first."""
    return render(request, "catalogue/runs.html", {})
