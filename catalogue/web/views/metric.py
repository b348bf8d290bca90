"""One metric: what it means, who uses it, and what it comes to across segments."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from catalogue.metrics.comparing import across_segments, difference, everyone_now
from catalogue.metrics.defining import archive_metric, unarchive_metric
from catalogue.metrics.registry import Registered, find, registered
from catalogue.models import Change, Metric, Segment, Status, User, Via
from catalogue.permissions import can_change_metric
from catalogue.segments.queries.activity import act_lines
from catalogue.segments.vocabulary import stored_labels
from catalogue.web.activity import days_of
from catalogue.web.amounts import amount, in_words, interval, unit_word
from catalogue.web.measured_lines import NOT_COMPARED
from catalogue.web.sign_in import viewer_of

ACTS_SHOWN = 20


@require_safe
def metric(request: HttpRequest, key: str) -> HttpResponse:
    """The page of a metric, standard or the company's own."""
    viewer = viewer_of(request)
    found = metric_named(key, viewer)
    everyone = everyone_now().values.get(key)
    acts = Change.objects.visible_to(viewer).filter(object_type="metric", object_key=key)
    context: dict[str, Any] = {
        "metric": found,
        "everyone": everyone,
        "everyone_shown": amount(everyone.value, everyone.unit) if everyone else "",
        "everyone_interval": interval(everyone) if everyone else "",
        "unit": unit_word(found.unit),
        "rows": _rows(found, viewer),
        "used_by": _used_by(key, viewer),
        "may_change": found.is_own and can_change_metric(viewer, _stored(key)),
        "days": days_of(act_lines(acts[:ACTS_SHOWN], viewer=viewer), new=(), now=timezone.now()),
    }
    return render(request, "catalogue/metric.html", context)


@require_POST
def metric_archive(request: HttpRequest, key: str) -> HttpResponse:
    """Measure it no more, or again."""
    viewer = viewer_of(request)
    metric_named(key, viewer)
    if request.POST.get("do") == "unarchive":
        done = unarchive_metric(key=key, by=viewer, via=Via.WEB)
        messages.success(request, f"“{done.name}” is measured again from the next measuring on.")
    else:
        done = archive_metric(key=key, by=viewer, via=Via.WEB)
        messages.success(request, f"“{done.name}” is archived. Its readings stay.")
    return redirect("metric", key=key)


def metric_named(key: str, viewer: User) -> Registered:
    """The metric of this key. Raises Http404 with the nearest one."""
    labels = stored_labels(viewer)
    found = find(key, labels)
    if found is None:
        near = get_close_matches(key, [one.key for one in registered(labels)], n=1)
        hint = f" Did you mean “{near[0]}”?" if near else ""
        raise Http404(f"There is no metric “{key}”.{hint}")
    return found


def _stored(key: str) -> Metric:
    return Metric.objects.select_related("owner").get(key=key)


def _rows(found: Registered, viewer: User) -> list[dict[str, Any]]:
    segments = Segment.objects.visible_to(viewer).exclude(status=Status.ARCHIVED)
    everyone = everyone_now().values.get(found.key)
    return [
        {
            "segment": segment,
            "value": value,
            "shown": amount(value.value, value.unit),
            "interval": interval(value),
            "words": ""
            if found.key in NOT_COMPARED
            else in_words(difference(value, everyone), value.unit),
        }
        for segment, value in across_segments(found.key, segments)
    ]


def _used_by(key: str, viewer: User) -> list[Segment]:
    """Segments whose goal names the metric."""
    rows = Segment.objects.visible_to(viewer).exclude(status=Status.ARCHIVED)
    return list(rows.filter(goal__metric=key).order_by("name"))
