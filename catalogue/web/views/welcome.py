"""The front door: what this is, for whoever arrives, signed in or not."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe


@login_not_required
@require_safe
def welcome(request: HttpRequest) -> HttpResponse:
    """Say what the catalogue is and where to sign in."""
    return render(request, "catalogue/welcome.html")
