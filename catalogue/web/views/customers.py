"""Finding a customer by an id, its beginning, or an e-mail address."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from catalogue.permissions import check_can_see_any_people
from catalogue.published.lookups import LONGEST_ID, MOST, find_customers
from catalogue.web.fragments import render_page
from catalogue.web.sign_in import viewer_of

# How what was tried is said.
TRIED = {
    "id": "a whole customer id",
    "prefix": "the beginning of a customer id",
    "email": "a whole e-mail address",
}


@require_safe
@never_cache
def customers(request: HttpRequest) -> HttpResponse:
    """Who `?q=` may be."""
    viewer, now = viewer_of(request), timezone.now()
    check_can_see_any_people(viewer)
    text = request.GET.get("q", "")
    found = find_customers(text, viewer=viewer, now=now) if text.strip() else None
    context = {
        "q": text,
        "found": found,
        "tried": [TRIED[by] for by in found.tried] if found else [],
        "most": MOST,
        "longest": LONGEST_ID,
        "now": now,
    }
    return render_page(
        request, "catalogue/customers.html", context, fragment="catalogue/_customers_found.html"
    )
