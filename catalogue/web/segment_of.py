"""Views about one segment: which one is meant, and what to answer when there is none."""

from __future__ import annotations

from collections.abc import Callable
from difflib import get_close_matches
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from catalogue.models import Change, GoalSplit, Segment, Status
from catalogue.permissions import Actor, can_publish
from catalogue.web.sign_in import viewer_of

View = Callable[..., HttpResponse]
# A page shows numbers: who is in a segment stays in the database.
HEAVY = (
    *("membership__entered", "membership__left", "membership__key_frame", "definition__source"),
    *(f"goal_split__{state}" for state in GoalSplit.STATES),
    "draft__document",
)
SHOWN = (
    *("team", "owner", "definition", "membership", "health", "goal_split", "certificate"),
    "draft__created_by",
)


def of_segment(*, archived: bool) -> Callable[[View], View]:
    """The view is given the segment that `key` names instead of the key. One that does not exist
    for whoever asks is 404. Of an archived one, unless `archived` ones are shown, the answer is
    410: why it is archived, and what to use instead."""

    def decorate(view: View) -> View:
        @wraps(view)
        def answer(request: HttpRequest, key: str, *args: Any, **kwargs: Any) -> HttpResponse:
            segment = segment_named(key, viewer=viewer_of(request))
            if segment.status == Status.ARCHIVED and not archived:
                return gone(request, segment)
            return view(request, segment, *args, **kwargs)

        return answer

    return decorate


def segment_named(key: str, *, viewer: Actor) -> Segment:
    """The segment that exists for `viewer` under this key. Raises Http404 with the nearest key."""
    rows = Segment.objects.visible_to(viewer).select_related(*SHOWN)
    segment: Segment | None = rows.defer(*HEAVY).filter(key=key).first()
    if segment is None:
        raise Http404(_nothing(key, viewer))
    return segment


def _nothing(key: str, viewer: Actor) -> str:
    keys = Segment.objects.visible_to(viewer).values_list("key", flat=True)
    near = get_close_matches(key, keys, n=1)
    return f"There is no segment “{key}”." + (f" Did you mean “{near[0]}”?" if near else "")


def gone(request: HttpRequest, segment: Segment) -> HttpResponse:
    """410: the segment is archived; since when, by whom, why, and what is used instead."""
    change = Change.objects.filter(segment=segment, kind="segment.archived").first()
    key = change.details.get("replacement", "") if change else ""
    replacement = Segment.objects.visible_to(viewer_of(request)).filter(key=key).first()
    context = {
        "segment": segment,
        "change": change,
        "replacement": replacement,
        "can_unarchive": can_publish(viewer_of(request), segment),
    }
    return render(request, "catalogue/gone.html", context, status=410)
