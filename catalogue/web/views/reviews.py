"""The reviews of all segments: overdue, due soon, later, and done."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from catalogue.segments.queries.reviews import DueReview, done_reviews, due_reviews
from catalogue.web.components.structure import Tab
from catalogue.web.sign_in import viewer_of

ON_A_PAGE = 50
WAYS = (("", "To do"), ("done", "Done"))


@require_safe
def reviews(request: HttpRequest) -> HttpResponse:
    """What is to be looked over, most overdue first; `?show=done`: what was."""
    viewer, now = viewer_of(request), timezone.now()
    shown = "done" if request.GET.get("show") == "done" else ""
    waiting = due_reviews(viewer, now=now)
    done = done_reviews(viewer)
    counts = {"": sum(one.state != "later" for one in waiting), "done": done.count()}
    context = {
        "shown": shown,
        "ways": [
            Tab(
                label=label,
                url=f"?show={way}" if way else "?",
                current=way == shown,
                count=f"{counts[way]:,}",
            )
            for way, label in WAYS
        ],
        "groups": _groups(waiting),
        "late": sum(one.state == "overdue" for one in waiting),
        "mine": sum(one.is_mine and one.state != "later" for one in waiting),
        "next": next((one for one in waiting if one.state == "later"), None),
        "page": Paginator(done, ON_A_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "catalogue/reviews.html", context)


def _groups(waiting: list[DueReview]) -> list[tuple[str, str, list[DueReview]]]:
    """(id, title, reviews) of those that are there."""
    titles = (("overdue", "Overdue"), ("due", "Due within 14 days"), ("later", "Later"))
    by_state = {state: [one for one in waiting if one.state == state] for state, _ in titles}
    return [(state, title, by_state[state]) for state, title in titles if by_state[state]]
