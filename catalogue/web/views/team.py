"""One team: who sits in it, its segments, what waits for it."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from catalogue.models import Change, Segment, Status, Team
from catalogue.permissions import can_administer, can_write_for
from catalogue.segments.queries.activity import act_lines
from catalogue.segments.queries.rows import SegmentRow, segment_rows
from catalogue.segments.queries.teams import team_page
from catalogue.segments.vocabulary import stored_labels
from catalogue.web.activity import days_of
from catalogue.web.copies import copies_in_short
from catalogue.web.sign_in import viewer_of

ACTS_SHOWN = 10
# The tables in their order, and what a team without such segments is told.
STATUSES = (
    (Status.LIVE, "Live segments", "Nothing of this team is live."),
    (Status.DRAFT, "Drafts", ""),
    (Status.ARCHIVED, "Archived", ""),
)


@require_safe
def team(request: HttpRequest, slug: str) -> HttpResponse:
    """The page of the team with this slug."""
    viewer, now = viewer_of(request), timezone.now()
    found = _team(slug)
    segments = Segment.objects.visible_to(viewer).filter(team=found).order_by("name", "key")
    rows = segment_rows(segments, labels=stored_labels(viewer), now=now)
    acts = Change.objects.visible_to(viewer).filter(team=found).select_related("segment", "team")
    context: dict[str, Any] = {
        "team": found,
        "page": team_page(found, viewer=viewer, now=now),
        "tables": [
            (status, title, _with(rows, status), empty) for status, title, empty in STATUSES
        ],
        "segments_count": len(rows),
        "as_of": min(
            (row.as_of for row in rows if row.as_of and row.status != "archived"), default=None
        ),
        "days": days_of(act_lines(acts[:ACTS_SHOWN], viewer=viewer), new=(), now=now),
        "may_write": can_write_for(viewer, found),
        "admin_url": _admin(found) if can_administer(viewer, found) else "",
    }
    return render(request, "catalogue/team.html", context)


def _team(slug: str) -> Team:
    found = Team.objects.filter(slug=slug).first()
    if found is None:
        near = get_close_matches(slug, Team.objects.values_list("slug", flat=True), n=1)
        hint = f" Did you mean “{near[0]}”?" if near else ""
        raise Http404(f"There is no team “{slug}”.{hint}")
    return found


def _with(rows: list[SegmentRow], status: str) -> list[Any]:
    return [(row, copies_in_short(row.tools)) for row in rows if row.status == status]


def _admin(team: Team) -> str:
    return reverse("admin:catalogue_team_change", args=[team.pk])
