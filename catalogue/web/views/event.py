"""One event: all we know of it, its properties, the segments that look at it, how to use it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from difflib import get_close_matches
from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from catalogue.definitions.describe import Labels
from catalogue.models import Change, EventEntry, PropertyEntry, Segment, User
from catalogue.permissions import is_any_admin
from catalogue.segments.describing import key_of
from catalogue.segments.how_to import examples_of_event
from catalogue.segments.queries.activity import act_lines
from catalogue.segments.queries.dictionary import (
    EventLine,
    event_line,
    property_line,
    property_lines,
)
from catalogue.segments.queries.rows import SegmentRow, segment_rows
from catalogue.segments.queries.uses import uses_of
from catalogue.segments.vocabulary import stored_labels
from catalogue.web.activity import days_of
from catalogue.web.describe_form import Described, DescribeForm, described
from catalogue.web.sign_in import viewer_of

ACTS_SHOWN = 20


@require_http_methods(["GET", "HEAD", "POST"])
def event(request: HttpRequest, name: str) -> HttpResponse:
    """The page of an event; `?property=` chooses a property to describe instead of the event, and
    a POST describes it."""
    entry = _event(name)
    chosen = _property(entry, request.GET["property"]) if "property" in request.GET else None
    if request.method != "POST":
        form = DescribeForm(entry=chosen or entry)
        return _show(request, entry, chosen, Described(form=form))
    outcome = described(request, chosen or entry)
    if outcome.form is None:
        return redirect("event", name=entry.name)
    return _show(request, entry, chosen, outcome)


def _event(name: str) -> EventEntry:
    entry = EventEntry.objects.filter(name=name).first()
    if entry is None:
        names = EventEntry.objects.values_list("name", flat=True)
        near = get_close_matches(name, names, n=1)
        hint = f" Did you mean “{near[0]}”?" if near else ""
        raise Http404(f"The dictionary has no event “{name}”.{hint}")
    return entry


def _property(event: EventEntry, name: str) -> PropertyEntry:
    entry = event.properties.select_related("event").filter(name=name).first()
    if entry is None:
        raise Http404(f"The event “{event.name}” has no property “{name}”.")
    return entry


def _show(
    request: HttpRequest, entry: EventEntry, chosen: PropertyEntry | None, outcome: Described
) -> HttpResponse:
    viewer, now = viewer_of(request), timezone.now()
    labels = stored_labels(viewer)
    line = event_line(entry, uses_of(viewer))
    properties = list(entry.properties.select_related("event").order_by("name"))
    acts = act_lines(_acts(entry, properties, viewer)[:ACTS_SHOWN], viewer=viewer)
    context: dict[str, Any] = {
        "line": line,
        "properties": property_lines(properties),
        "chosen": property_line(chosen) if chosen else None,
        "using": _using(line, viewer, labels, now),
        "examples": examples_of_event(entry, properties, labels),
        "may_describe": is_any_admin(viewer),
        "outcome": outcome,
        "days": days_of(acts, new=(), now=now),
    }
    return render(request, "catalogue/event.html", context, status=outcome.status)


def _using(
    line: EventLine, viewer: User, labels: Labels, now: datetime
) -> list[tuple[SegmentRow, bool]]:
    """The segments that use it, and whether it is the goal of each."""
    goals = {use.key for use in line.goals}
    keys = goals | {use.key for use in line.uses}
    found = Segment.objects.visible_to(viewer).filter(key__in=keys).order_by("name", "key")
    rows = segment_rows(found, labels=labels, now=now, tools={})
    return [(row, row.key in goals) for row in rows]


def _acts(entry: EventEntry, properties: Iterable[PropertyEntry], viewer: User) -> QuerySet[Change]:
    """What was said of the event and of its properties."""
    keys = [key_of(one) for one in properties]
    of_event = Q(object_type="event", object_key=key_of(entry))
    of_properties = Q(object_type="property", object_key__in=keys)
    acts: QuerySet[Change] = Change.objects.visible_to(viewer).filter(of_event | of_properties)
    return acts
