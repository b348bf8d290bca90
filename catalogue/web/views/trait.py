"""One trait: all we know of it, and the segments that look at it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe


@require_safe
def trait(request: HttpRequest, name: str) -> HttpResponse:
    """One trait: all we know of it, and the segments that look at it."""
    return render(request, "catalogue/trait.html", {"name": name})
