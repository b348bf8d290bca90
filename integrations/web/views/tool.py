"""One tool: whether it answers, what it holds, what was sent, and what it refused."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from catalogue.models import Segment, Status
from catalogue.permissions import check_can_manage_destinations, is_any_admin
from catalogue.web.run_states import state_of
from catalogue.web.sign_in import viewer_of
from integrations.errors import IntegrationError
from integrations.models import Destination
from integrations.sync.checking import warnings_of
from integrations.sync.copies import Copy, Refusal, copies_in, lists_of, masked, tool_of
from integrations.sync.destinations import check_destination
from integrations.web.axes import connection_axis, definition_axis, people_axis
from integrations.web.matrix import column_of

RUNS_SHOWN = 20


@require_safe
def tool(request: HttpRequest, key: str) -> HttpResponse:
    """The page of the tool of that name."""
    destination, viewer = _named(key), viewer_of(request)
    visible = Segment.objects.visible_to(viewer).exclude(status=Status.ARCHIVED)
    names = dict(visible.values_list("key", "name"))
    copies = copies_in(lists_of(names, tool=key), with_runs=True)
    about = tool_of(destination)
    context = {
        "tool": about,
        "column": column_of(about, copies),
        "lines": [
            (
                names[copy.truth.segment],
                copy,
                definition_axis(copy),
                people_axis(copy),
                connection_axis(copy),
            )
            for copy in copies
        ],
        "runs": _runs(copies, names),
        "refusals": _refusals(copies),
        "last_answer": _last_answer(copies),
        "may_check": is_any_admin(viewer),
    }
    return render(request, "integrations/tool.html", context)


def _last_answer(copies: Sequence[Copy]) -> datetime | None:
    """When a sync last got through."""
    working = [copy.truth.connection for copy in copies if copy.truth.connection.state == "working"]
    return max((one.as_of for one in working if one.as_of is not None), default=None)


def _runs(copies: Sequence[Copy], names: dict[str, str]) -> list[tuple[object, ...]]:
    runs = [(run, copy.truth.segment) for copy in copies for run in copy.runs]
    newest = sorted(runs, key=lambda one: -one[0].pk)[:RUNS_SHOWN]
    return [
        (run, segment, names[segment], state_of(run.state), masked(run.sentence))
        for run, segment in newest
    ]


def _refusals(copies: Sequence[Copy]) -> list[Refusal]:
    """Over all segments, grouped by what the tool said."""
    counts: dict[tuple[str, str], int] = defaultdict(int)
    for copy in copies:
        for refusal in copy.refusals:
            counts[refusal.reason, refusal.side] += refusal.count
    ordered = sorted(counts.items(), key=lambda one: -one[1])
    return [Refusal(reason=reason, side=side, count=count) for (reason, side), count in ordered]


@require_POST
def tool_check(request: HttpRequest, key: str) -> HttpResponse:
    """Ask the tool whether it is there and knows us; if so, one that was off is on again."""
    check_can_manage_destinations(viewer_of(request))
    try:
        destination = _named(key)
        said = check_destination(destination)
    except IntegrationError as fault:
        messages.error(request, f"{key} does not answer as it should. {masked(str(fault))}")
    else:
        messages.success(request, f"{key} answers. {masked(said)}")
        for warning in warnings_of(destination, now=timezone.now()):
            messages.warning(request, warning)
    return redirect("tool", key=key)


def _named(key: str) -> Destination:
    destination = None if "\x00" in key else Destination.objects.filter(key=key).first()
    if destination is None:
        raise Http404(f"There is no tool “{key}”.")
    return destination
