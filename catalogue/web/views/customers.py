"""Find a customer."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe


@require_safe
def customers(request: HttpRequest) -> HttpResponse:
    """Find a customer."""
    return render(request, "catalogue/customers.html", {})
