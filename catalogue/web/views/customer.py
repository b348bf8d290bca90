"""One customer: what is known of them, the segments they are in and why, and how they moved."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from catalogue.membership.versions import DamagedVersion
from catalogue.permissions import can_see_any_people
from catalogue.published.customers import CustomerCard, customer_card, customer_segments
from catalogue.web.fragments import render_page, wants_fragment
from catalogue.web.sign_in import viewer_of
from catalogue.web.trait_values import shown_traits
from catalogue.web.why_in import why_in


@require_safe
@never_cache
def customer(request: HttpRequest, customer_id: str) -> HttpResponse:
    """The customer with this id; `?why=churn-risk` explains one segment as well."""
    viewer, now = viewer_of(request), timezone.now()
    # Who may not look customers up, and who asks for nobody, is told the same.
    may = can_see_any_people(viewer)
    card = customer_card(customer_id, viewer=viewer, now=now) if may else None
    if card is None:
        raise Http404(f"There is no customer “{customer_id}” that you may see.")
    context: dict[str, Any] = {"card": card, "now": now, "why": request.GET.get("why", "")}
    if context["why"]:
        asked_id = card.id or card.asked_id
        context |= why_in(context["why"], asked_id, "customer", viewer=viewer, now=now)
    if not (context["why"] and wants_fragment(request)):
        context |= _page(request, card)
    return render_page(
        request, "catalogue/customer.html", context, fragment="catalogue/_customer_why.html"
    )


def _page(request: HttpRequest, card: CustomerCard) -> dict[str, Any]:
    viewer, now = viewer_of(request), timezone.now()
    traits = shown_traits(card.traits)
    context: dict[str, Any] = {
        "known": [one for one in traits if one.is_known],
        "unknown": [one for one in traits if not one.is_known],
    }
    if card.id is not None:
        try:
            context["segments"] = customer_segments(card.id, viewer=viewer, now=now)
        except DamagedVersion as damage:
            context["segments_problem"] = str(damage)
    return context
