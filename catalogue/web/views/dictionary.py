"""Every trait and event we know of, what it means and who uses it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe


@require_safe
def dictionary(request: HttpRequest) -> HttpResponse:
    """Every trait and event we know of, what it means and who uses it."""
    return render(request, "catalogue/dictionary.html", {})
