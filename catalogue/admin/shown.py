"""How cells of the admin's lists look: the same badges, numbers and times as on the pages."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString

from catalogue.models import RunState, Segment, Status
from catalogue.web.components.states import badge
from catalogue.web.tags import moment

RUNS = {
    RunState.QUEUED: "idle",
    RunState.RUNNING: "info",
    RunState.SUCCEEDED: "good",
    RunState.FAILED: "bad",
    RunState.CANCELLED: "warn",
}
STATUSES = {Status.DRAFT: "mark", Status.LIVE: "good", Status.ARCHIVED: "idle"}
NOTHING = "—"


def run_badge(state: str) -> SafeString:
    """Where a run is."""
    return badge(RUNS[RunState(state)], RunState(state).label)


def status_badge(status: str) -> SafeString:
    """Whether a segment is live."""
    return badge(STATUSES[Status(status)], Status(status).label)


def count(number: int | None) -> str:
    """A number as people write it."""
    return NOTHING if number is None else number_format(number, force_grouping=True)


def instant(at: datetime | None) -> SafeString | str:
    """`23 Nov 2026, 06:00 UTC`, in the zone of the workspace."""
    return NOTHING if at is None else moment(at)


def number_as_of(number: int | None, at: datetime | None, note: str = "") -> SafeString | str:
    """A number, and below it as of when, and how it was obtained."""
    if number is None or at is None:
        return NOTHING
    how = f", {note}" if note else ""
    return format_html("<b>{}</b><br><small>as of {}{}</small>", count(number), instant(at), how)


def progress(done: int, total: int, unit: str) -> SafeString | str:
    """How far a run is, as a bar and in words."""
    if not total:
        return NOTHING
    return format_html(
        '<progress max="{}" value="{}">{}</progress><br><small>{} of {} {}</small>',
        total,
        min(done, total),
        f"{min(done, total) * 100 // total}%",
        count(done),
        count(total),
        unit,
    )


def link_to(segment: Segment | None) -> SafeString | str:
    """A segment's form in the admin."""
    if segment is None:
        return NOTHING
    url = reverse("admin:catalogue_segment_change", args=[segment.pk])
    return format_html('<a href="{}">{}</a>', url, segment.name or segment.key)


def duration(milliseconds: int | None) -> str:
    """How long something took."""
    if milliseconds is None:
        return NOTHING
    return f"{milliseconds} ms" if milliseconds < 1_000 else f"{milliseconds / 1_000:.1f} s"
