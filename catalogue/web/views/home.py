"""The front door: for whoever arrives what this is, for those who are signed in what needs them."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from catalogue.models import User, Workspace
from catalogue.notices.seeing import unseen_of
from catalogue.permissions import teams_to_write_for
from catalogue.segments.queries.attention import needs_of, segments_of
from catalogue.segments.queries.rows import segment_rows
from catalogue.segments.queries.standing import standing
from catalogue.segments.queries.visit import since_last_visit
from catalogue.segments.vocabulary import stored_labels
from catalogue.web import goal
from catalogue.web.activity import days_of
from catalogue.web.charts import sparkline
from catalogue.web.copies import copies_in_short
from catalogue.web.experiment_needs import trial_needs
from catalogue.web.needs import heading, line_of

# With many, the page shows the worst; the rest is found where it belongs.
NEEDS_SHOWN = NOTICES_SHOWN = 8
GOALS_SHOWN = 6


@login_not_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What needs the one signed in, what others changed, and theirs; to strangers the welcome."""
    if not isinstance(request.user, User):
        return render(request, "catalogue/welcome.html")
    user, now, workspace = request.user, timezone.now(), Workspace.current()
    mine = segment_rows(
        segments_of(user).order_by("name"),
        labels=stored_labels(user),
        now=now,
        workspace=workspace,
    )
    tools = {row.key: row.tools for row in mine}
    needs = needs_of(user, now=now, tools=tools, workspace=workspace)
    trials = trial_needs(user, today=timezone.localdate(now))
    notices = list(unseen_of(user)[: NOTICES_SHOWN + 1])
    visit = since_last_visit(user, now=now)
    context = {
        "now": now,
        "heading": heading(len(needs) + len(trials)),
        "trials": trials,
        "needs": [line_of(need) for need in needs[:NEEDS_SHOWN]],
        "needs_left_out": max(len(needs) - NEEDS_SHOWN, 0),
        "notices": notices[:NOTICES_SHOWN],
        "has_more_notices": len(notices) > NOTICES_SHOWN,
        "standing": standing(user, now=now),
        "visit": visit,
        "acts": [line for day in days_of(visit.acts, new=(), now=now) for line in day.lines],
        "mine": [
            (row, sparkline(row.sizes), goal.in_short(row), copies_in_short(row.tools))
            for row in mine
        ],
        "goals": sorted(
            ((row, goal.in_short(row)) for row in mine if row.goal),
            key=lambda pair: pair[1].standing.urgency,
        )[:GOALS_SHOWN],
        "can_create": teams_to_write_for(user).exists(),
    }
    return render(request, "catalogue/home.html", context)
