"""All metrics: what each means, in which unit, which way is better, and how fresh it is."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from catalogue.metrics.comparing import everyone_now
from catalogue.metrics.registry import Registered, registered
from catalogue.models import Measurement, RunState
from catalogue.permissions import can_define_metrics, can_set_workspace
from catalogue.segments.vocabulary import stored_labels
from catalogue.web.amounts import amount, interval, unit_word
from catalogue.web.sign_in import viewer_of


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """The registry, with what everyone came to when it was measured last."""
    viewer = viewer_of(request)
    found = registered(stored_labels(viewer), archived=True)
    everyone = everyone_now()
    rows: list[dict[str, Any]] = []
    for metric in found:
        value = everyone.values.get(metric.key)
        rows.append(
            {
                "metric": metric,
                "shown": amount(value.value, value.unit) if value else "",
                "unit": unit_word(value.unit) if value else "",
                "interval": interval(value) if value else "",
                "reason": value.reason if value else "",
            }
        )
    context: dict[str, Any] = {
        "groups": [(name, list(some)) for name, some in groupby(rows, key=_group)],
        "everyone": everyone,
        "waiting": Measurement.objects.filter(
            state__in=(RunState.QUEUED, RunState.RUNNING)
        ).exists(),
        "failed": _failed(),
        "may_define": can_define_metrics(viewer),
        "may_set": can_set_workspace(viewer),
    }
    return render(request, "catalogue/metrics.html", context)


def _group(row: dict[str, Any]) -> str:
    found: Registered = row["metric"]
    return found.group


def _failed() -> Measurement | None:
    """The last measuring, if it came to nothing."""
    last = Measurement.objects.order_by("-pk").first()
    return last if last is not None and last.state == RunState.FAILED else None
