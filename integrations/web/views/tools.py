"""All tools: does each hold our people, by our definition?"""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from catalogue.permissions import is_any_admin
from catalogue.web.components.structure import Tab
from catalogue.web.sign_in import viewer_of
from integrations.web.matrix import matrix_for

ON_A_PAGE = 50
# Harm from which on a row is in order.
EQUAL = 4


@require_safe
def tools(request: HttpRequest) -> HttpResponse:
    """The matrix of segments and tools; `?show=wrong` leaves out what is proven equal."""
    viewer = viewer_of(request)
    found = matrix_for(viewer)
    only_wrong = request.GET.get("show") == "wrong"
    rows = [row for row in found.rows if row.harm < EQUAL] if only_wrong else found.rows
    wrong = sum(row.harm < EQUAL for row in found.rows)
    context = {
        "matrix": found,
        "page": Paginator(rows, ON_A_PAGE).get_page(request.GET.get("page")),
        "shown": [
            Tab(label="All", url="?", current=not only_wrong, count=f"{len(found.rows):,}"),
            Tab(label="To look at", url="?show=wrong", current=only_wrong, count=f"{wrong:,}"),
        ],
        "only_wrong": only_wrong,
        "may_connect": is_any_admin(viewer),
        "now": timezone.now(),
    }
    return render(request, "integrations/tools.html", context)
