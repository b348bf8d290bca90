"""An alert of somebody: seen."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from catalogue.notices.seeing import mark_seen
from catalogue.web.sign_in import viewer_of


@require_POST
def notice_seen(request: HttpRequest, number: int) -> HttpResponse:
    """Take an alert from the home page of whoever was told."""
    # No database counts further.
    if number >= 2**63 or not mark_seen(user=viewer_of(request), number=number, now=timezone.now()):
        raise Http404("You have no alert of this number.")
    messages.success(request, "The alert is marked as seen.")
    return redirect("home")
