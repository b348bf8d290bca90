"""One refresh: how far it is, and what came of it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe


@require_safe
def run(request: HttpRequest, number: int) -> HttpResponse:
    """One refresh: how far it is, and what came of it."""
    return render(request, "catalogue/run.html", {})
