"""The list of segments: found by words and facts, sorted, and as a file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from catalogue.filtersets import SegmentFilter
from catalogue.permissions import teams_to_write_for
from catalogue.segments.facts import copy_state
from catalogue.segments.queries.rows import SegmentRow, segment_rows
from catalogue.web import goal
from catalogue.web.charts import sparkline
from catalogue.web.chips import chips
from catalogue.web.chosen import LABELS, address, clean, nearest_names, ways_out
from catalogue.web.copies import copies_in_short
from catalogue.web.csv_files import csv_file
from catalogue.web.fragments import render_page, wants_fragment
from catalogue.web.sign_in import viewer_of

ON_A_PAGE = 50
ORDERINGS = (
    ("name", "Name"),
    ("-size", "Most people"),
    ("size", "Fewest people"),
    ("-updated_at", "Changed last"),
    ("refreshed_at", "Oldest numbers"),
    ("team", "Team"),
    ("owner", "Owner"),
    ("health", "Least healthy"),
)
HEADINGS = (
    *("key", "name", "status", "team", "owner", "models", "definition", "english", "goal"),
    *("people", "people_as_of", "entered_7_days", "left_7_days", "freshness", "tools"),
    *("tools_proven_equal", "changed_at", "health", "findings"),
)


@require_safe
def segments(request: HttpRequest) -> HttpResponse:
    """The segments that the address asks for; `format=csv` gives all of them as a file."""
    viewer = viewer_of(request)
    query = clean(request.GET)
    filters = SegmentFilter(query, viewer=viewer)
    if query.get("format") == "csv":
        return _as_file(filters)
    context = _found(request, filters)
    context["can_create"] = teams_to_write_for(viewer).exists()
    response = render_page(
        request, "catalogue/segments.html", context, fragment="catalogue/_segments_found.html"
    )
    if wants_fragment(request):
        response["HX-Push-Url"] = f"{reverse('segments')}{address(query) if query else ''}"
    return response


def _found(request: HttpRequest, filters: SegmentFilter) -> dict[str, Any]:
    query = clean(request.GET)
    page = Paginator(filters.qs, ON_A_PAGE).get_page(request.GET.get("page"))
    active = chips(filters, query, LABELS)
    rows = _rows(filters, page.object_list)
    words = query.get("q", "")
    return {
        "total": len(filters.facts),
        "page": page,
        "lines": [
            (row, sparkline(row.sizes), goal.in_short(row), copies_in_short(row.tools))
            for row in rows
        ],
        "chips": active,
        "facets": filters.facets,
        "errors": [error for errors in filters.errors.values() for error in errors],
        "q": words,
        "ordering": query.get("ordering", "name"),
        "orderings": ORDERINGS,
        "csv_url": address(_with_format(query)),
        "near": nearest_names(filters, words) if words and not rows else {},
        "ways": ways_out(filters, active) if not rows else [],
    }


def _with_format(query: Any) -> Any:
    asked = query.copy()
    asked["format"] = "csv"
    return asked


def _rows(filters: SegmentFilter, found: Any) -> list[SegmentRow]:
    tools = {facts.key: facts.tools for facts in filters.facts.values()}
    return segment_rows(
        found,
        labels=filters.labels,
        now=timezone.now(),
        tools=tools,
        workspace=filters.workspace,
    )


def _as_file(filters: SegmentFilter) -> HttpResponse:
    rows = _rows(filters, filters.qs)
    return csv_file("segments.csv", HEADINGS, [_line(row) for row in rows])


def _line(row: SegmentRow) -> Sequence[object]:
    copies = [tool for tool in row.tools if copy_state(tool) == "equal"]
    return (
        *(row.key, row.name, row.status, row.team, row.owner, ", ".join(row.models)),
        f"d{row.definition}" if row.definition else None,
        "".join(span.text for span in row.english),
        goal.sentence(row.goal),
        *(row.size, row.as_of.isoformat() if row.as_of else None, row.entered, row.left),
        *(row.freshness.text, len(row.tools), len(copies), row.updated_at.isoformat()),
        row.health.score if row.health else None,
        " ".join(one["code"] for one in row.health.findings) if row.health else "",
    )
