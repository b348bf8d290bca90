"""One segment: the six answers, and what proves them."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from catalogue.segments.queries import segment_page
from catalogue.web import goal
from catalogue.web.charts import history_chart, sparkline


@require_safe
def segment(request: HttpRequest, key: str) -> HttpResponse:
    """The page of the segment with this key."""
    page = segment_page(key, now=timezone.now())
    if page is None:
        raise Http404(f"There is no segment {key}.")
    sizes = page.row.sizes
    context = {
        "page": page,
        "row": page.row,
        "goal": goal.sentence(page.goal),
        "spark": sparkline(sizes),
        "wide": history_chart(sizes, width=760, height=230),
        "narrow": history_chart(sizes, width=350, height=220),
    }
    return render(request, "catalogue/segment.html", context)
