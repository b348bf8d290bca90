"""One account: what is known of it, its customers, the segments it is in and why."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from catalogue.membership.versions import DamagedVersion
from catalogue.permissions import can_see_any_people
from catalogue.published.accounts import AccountCard, account_card, account_segments
from catalogue.web.fragments import render_page, wants_fragment
from catalogue.web.sign_in import viewer_of
from catalogue.web.trait_values import shown_traits
from catalogue.web.why_in import why_in


@require_safe
@never_cache
def account(request: HttpRequest, account_id: str) -> HttpResponse:
    """The account with this id; `?why=large-firms` explains one segment as well."""
    viewer, now = viewer_of(request), timezone.now()
    # Who may not look anybody up, and who asks for none, is told the same.
    may = can_see_any_people(viewer)
    card = account_card(account_id, viewer=viewer, now=now) if may else None
    if card is None:
        raise Http404(f"There is no account “{account_id}” that you may see.")
    context: dict[str, Any] = {"card": card, "now": now, "why": request.GET.get("why", "")}
    if context["why"]:
        context |= why_in(context["why"], card.asked_id, "account", viewer=viewer, now=now)
    if not (context["why"] and wants_fragment(request)):
        context |= _page(request, card)
    return render_page(
        request, "catalogue/account.html", context, fragment="catalogue/_customer_why.html"
    )


def _page(request: HttpRequest, card: AccountCard) -> dict[str, Any]:
    traits = shown_traits(card.traits)
    context: dict[str, Any] = {
        "known": [one for one in traits if one.is_known],
        "unknown": [one for one in traits if not one.is_known],
        "customers_left_out": card.customer_count - len(card.customers),
    }
    if card.id is not None:
        viewer, now = viewer_of(request), timezone.now()
        try:
            context["segments"] = account_segments(card.id, viewer=viewer, now=now)
        except DamagedVersion as damage:
            context["segments_problem"] = str(damage)
    return context
