"""How a segment came to be what it is: its definition versions, and its people day by day."""

from __future__ import annotations

from datetime import timedelta

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from catalogue.membership.version_history import VersionLine, days_of, version_lines, versions_of
from catalogue.models import Draft, Segment
from catalogue.web.asked import number_in
from catalogue.web.components.structure import Tab
from catalogue.web.segment_head import segment_head
from catalogue.web.segment_of import of_segment
from catalogue.web.sign_in import viewer_of

VERSIONS_ON_A_PAGE = 50
PERIODS = (7, 30, 90, 365)


@require_safe
@of_segment(archived=True)
def segment_history(request: HttpRequest, segment: Segment) -> HttpResponse:
    """Definition versions, the newest first, and the days of a period; `?a=3&b=7` compares."""
    if "a" in request.GET and "b" in request.GET:
        pair = f"{request.GET['a']}..{request.GET['b']}"
        return redirect("segment-diff", key=segment.key, pair=pair)
    days = number_in(request.GET, "days", default=30, choices=PERIODS)
    page = Paginator(versions_of(segment), VERSIONS_ON_A_PAGE).get_page(request.GET.get("page"))
    lines = version_lines(segment, list(page.object_list))
    draft = Draft.objects.filter(segment=segment).select_related("created_by").first()
    context = {
        "head": segment_head(segment, current="segment-history", viewer=viewer_of(request)),
        "draft": draft,
        "draft_pair": f"{draft.base_number}..draft" if draft else "",
        "page": page,
        "lines": [(line, _pairs(line, segment)) for line in lines],
        "periods": [
            Tab(label=f"{period} days", url=f"?days={period}#days", current=period == days)
            for period in PERIODS
        ],
        "period": days,
        "zone": timezone.get_current_timezone_name(),
        "days": days_of(segment, since=timezone.now() - timedelta(days=days)),
    }
    return render(request, "catalogue/segment_history.html", context)


def _pairs(line: VersionLine, segment: Segment) -> dict[str, str]:
    """What the version may be compared with: the one before it, and the newest."""
    newest = segment.definition.number if segment.definition else line.number
    pairs = {"before": f"{line.number - 1}..{line.number}"} if line.number > 1 else {}
    # Of the last but one, what changed next is the comparison with the newest.
    return pairs if line.is_newest else {**pairs, "live": f"{line.number}..{newest}"}
