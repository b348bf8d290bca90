"""What Fieldnote measures: which events mean what, metrics of its own, and how it was in the weeks
until now."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from catalogue.management.demo_workspace.exports import week_ends
from catalogue.management.demo_workspace.span import Span
from catalogue.metrics.asking import request_measurement
from catalogue.metrics.defining import define_metric
from catalogue.metrics.workspace_settings import edit_workspace
from catalogue.models import Change, Measurement, Metric, RunState, User, Via

ADMIN = "admin@fieldnote.example"
SETTINGS: dict[str, Any] = {
    "active_events": ["app_opened", "api_called"],
    "converted_events": ["subscription_started"],
    "cancelled_events": ["subscription_cancelled"],
    "revenue": {"event": "order_paid", "property": "amount", "currency": "EUR"},
}
PRIYA, TOM, LENA = (f"{name}@fieldnote.example" for name in ("priya", "tom", "lena"))
OWN: tuple[dict[str, Any], ...] = (
    {
        "key": "reports_28d",
        "name": "Reports exported",
        "meaning": "A report that leaves the house is the moment Fieldnote pays off: who exports"
        " none is about to ask what it is for.",
        "unit": "reports",
        "direction": "up",
        "definition": {"count": "report_exported", "in_last": "28 days"},
        "owner": PRIYA,
    },
    {
        "key": "invites_28d",
        "name": "Has invited somebody",
        "meaning": "Teams stay, single people leave.",
        "direction": "up",
        "definition": {"share": {"did": "invite_sent", "in_last": "28 days"}},
        "owner": PRIYA,
    },
    {
        "key": "tickets_by_report",
        "name": "Tickets by report",
        "meaning": "How much help a report takes. It falls when templates get better.",
        "unit": "tickets",
        "direction": "down",
        "definition": {
            "ratio": [
                {"count": "ticket_opened", "in_last": "28 days"},
                {"count": "report_exported", "in_last": "28 days"},
            ]
        },
        "owner": TOM,
    },
    {
        "key": "order_value",
        "name": "Value of an order",
        "meaning": "What one order of templates and seats comes to.",
        "unit": "EUR",
        "direction": "up",
        "definition": {
            "ratio": [
                {"sum": "amount", "of": "order_paid", "in_last": "90 days"},
                {"count": "order_paid", "in_last": "90 days"},
            ]
        },
        "owner": LENA,
    },
    {
        "key": "nps_mean",
        "name": "Would recommend us",
        "meaning": "The mean answer of those who took the survey, 0 to 10; n says how many did.",
        "unit": "points",
        "direction": "up",
        "definition": {"mean": {"trait": "survey_nps"}},
        "owner": TOM,
    },
)
# Of the twelve refreshes there are.
MEASURED = (0, 3, 6, 7, 8, 10, 11)


def tell(span: Span) -> None:
    """Say what events mean, define metrics, and measure. Nothing is done twice."""
    from catalogue.metrics.measuring import run_measurement

    _set_up()
    ends = week_ends(span)
    for place in (place for place in MEASURED if place < len(ends)):
        now = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=ends[place])
        if not Measurement.objects.filter(now=now, state=RunState.SUCCEEDED).exists():
            asked = request_measurement(keys=[], now=now)
            run_measurement(measurement_id=asked.pk, wait_seconds=600)


def _set_up() -> None:
    users = {user.email: user for user in User.objects.all()}
    if not Change.objects.filter(kind="workspace.edited").exists():
        edit_workspace(document=SETTINGS, by=users[ADMIN], via=Via.WEB)
    known = set(Metric.objects.values_list("key", flat=True))
    for document in OWN:
        if document["key"] not in known:
            define_metric(document=document, by=users[document["owner"]], via=Via.WEB)
