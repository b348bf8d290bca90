"""The list of segments."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from catalogue.segments.queries import segment_rows
from catalogue.web.charts import sparkline


@require_safe
def segments(request: HttpRequest) -> HttpResponse:
    """Every segment that is not archived, whatever its team."""
    rows = segment_rows(now=timezone.now())
    lines = [(row, sparkline(row.sizes)) for row in rows]
    return render(request, "catalogue/segments.html", {"lines": lines})
