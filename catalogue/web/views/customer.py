"""One customer: what is known of them, and the segments they are in."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe


@require_safe
def customer(request: HttpRequest, customer_id: str) -> HttpResponse:
    """One customer: what is known of them, and the segments they are in."""
    return render(request, "catalogue/customer.html", {})
