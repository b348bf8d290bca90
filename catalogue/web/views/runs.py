"""What was refreshed and synced, the newest first: what goes on, and what came of the rest."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from catalogue.membership.run_list import lines_of, runs_found
from catalogue.models import Segment
from catalogue.ports import sync_runs
from catalogue.web.chosen import address, clean
from catalogue.web.fragments import render_page, wants_fragment
from catalogue.web.run_shown import shown_run
from catalogue.web.run_states import STATE_WORDS
from catalogue.web.runs_asked import KINDS, asked_runs
from catalogue.web.sign_in import viewer_of

ON_A_PAGE = 25
# So many keys are offered to choose from; others are typed.
KEYS_OFFERED = 300
# How often a list with something that goes on asks again, in seconds.
ASK_EVERY = 5


@require_safe
def runs(request: HttpRequest) -> HttpResponse:
    """The runs that the address asks for."""
    viewer, now = viewer_of(request), timezone.now()
    query = clean(request.GET)
    ledger = sync_runs()
    tools = ledger.tools() if ledger else []
    asked = asked_runs(query, tools=tools, viewer=viewer)
    found = runs_found(asked.asked, viewer=viewer)
    page = Paginator(found, ON_A_PAGE).get_page(request.GET.get("page"))
    lines = [shown_run(line, now=now) for line in lines_of(page, viewer=viewer, now=now)]
    goes_on = any(line.is_active for line in lines)
    context = {
        "page": page,
        "lines": lines,
        "asked": asked,
        "now": now,
        "kinds": KINDS,
        "states": STATE_WORDS,
        "tools": tools,
        "segments": Segment.objects.visible_to(viewer).order_by("key")[:KEYS_OFFERED],
        "ask_every": ASK_EVERY if goes_on else 0,
        "here": request.get_full_path(),
    }
    answer = render_page(
        request, "catalogue/runs.html", context, fragment="catalogue/_runs_found.html"
    )
    # A list that asks for itself again is no step of the reader's.
    if wants_fragment(request) and request.headers.get("HX-Trigger") != "found":
        answer["HX-Push-Url"] = f"{reverse('runs')}{address(query) if query else ''}"
    return answer
