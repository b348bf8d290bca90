"""What waits for an admin: drafts, reviews, failed runs, tools out of true, segments of nobody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString

from catalogue.admin.pages import publish_page, sync_page
from catalogue.admin.shown import instant
from catalogue.models import Draft, RefreshRun, RunState, Segment, Status, User, Workspace
from catalogue.ports import ToolState, tool_states
from catalogue.segments.reviews import due_of

SHOWN = 8
# Failures longer ago are history: they are in the list of runs.
RECENT = timedelta(days=7)
# Read for a line of text; everything else of a segment stays in the database.
SHORT = ("key", "name", "review", "reviewed_at", "owner_email", "definition__created_at")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One thing that waits: what, why, and where it is seen to."""

    title: str
    why: SafeString | str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Things of one kind; `url` is the list of all of them, `nothing` what to say of none."""

    title: str
    count: int
    lines: Sequence[Line]
    url: str
    nothing: str

    @property
    def more(self) -> bool:
        """Whether there are more than are shown."""
        return self.count > len(self.lines)


def waiting(user: User) -> list[Group]:
    """Everything that waits and that exists for `user`, in the order in which it does harm."""
    segments = Segment.objects.visible_to(user).exclude(status=Status.ARCHIVED)
    return [
        _failed_runs(),
        _tools(segments),
        _unowned(segments),
        _drafts(user),
        _reviews(segments),
    ]


def _group(title: str, lines: Sequence[Line], url: str, nothing: str) -> Group:
    return Group(title=title, count=len(lines), lines=lines[:SHOWN], url=url, nothing=nothing)


def _list(model: str, query: str = "") -> str:
    return reverse(f"admin:{model}_changelist") + query


def _failed_runs() -> Group:
    failed = RefreshRun.objects.filter(
        state=RunState.FAILED, created_at__gte=timezone.now() - RECENT
    ).only("pk", "error", "created_at")
    lines = [
        Line(
            title=f"Refresh {run.pk}",
            why=run.error or "It ended without a word.",
            url=reverse("admin:catalogue_refreshrun_change", args=[run.pk]),
        )
        for run in failed.order_by("-pk")
    ]
    url = _list("catalogue_refreshrun", "?state__exact=failed")
    return _group("Refreshes that failed", lines, url, "None in the last 7 days.")


def _tools(segments: QuerySet[Segment]) -> Group:
    names = dict(segments.filter(status=Status.LIVE).values_list("key", "name"))
    lines = [
        Line(
            title=f"{names[key]} in {tool.destination}",
            why=_out_of_true(tool),
            url=sync_page(key),
        )
        for key, tools in tool_states(list(names)).items()
        for tool in tools
        if not is_true(tool)
    ]
    url = _list("catalogue_segment", "?tools=false")
    return _group("Tools out of true", lines, url, "Every tool holds what it should, as read back.")


def is_true(tool: ToolState) -> bool:
    """Whether a tool holds exactly a membership version, and nothing speaks against it."""
    return tool.in_step_with is not None and not tool.drift


def _out_of_true(tool: ToolState) -> str:
    differ = f", {tool.drift:,} people missing or extra" if tool.drift else ""
    return f"{tool.text}{differ}"


def _unowned(segments: QuerySet[Segment]) -> Group:
    nobody = segments.filter(Q(owner=None) | Q(owner__is_active=False)).order_by("name")
    lines = [
        Line(
            title=segment.name,
            why=f"{segment.owner_email} has no login that is in use"
            if segment.owner_email
            else "It names no owner",
            url=reverse("admin:catalogue_segment_change", args=[segment.pk]),
        )
        for segment in nobody.only("key", "name", "owner_email")
    ]
    url = _list("catalogue_segment", "?owned=no")
    return _group("Segments of nobody", lines, url, "Every segment has an owner who can sign in.")


def _drafts(user: User) -> Group:
    rows = Draft.objects.filter(segment__in=Segment.objects.visible_to(user).values("pk"))
    lines = [
        Line(
            title=f"{draft.segment.name} d{draft.number}",
            why=f"by {draft.created_by.label}" if draft.created_by else "by the command line",
            url=publish_page(draft.segment.key),
        )
        for draft in rows.select_related("segment", "created_by")
        .defer("document")
        .order_by("updated_at")
    ]
    return _group("Drafts to publish", lines, _list("catalogue_draft"), "No draft waits.")


def _reviews(segments: QuerySet[Segment]) -> Group:
    now = timezone.now()
    days = Workspace.current().review_days
    live = segments.filter(status=Status.LIVE).select_related("definition").only(*SHORT)
    due = ((due_of(one, days), one) for one in live)
    overdue = sorted(
        ((at, segment) for at, segment in due if at is not None and at <= now),
        key=lambda found: found[0],
    )
    lines = [
        Line(
            title=segment.name,
            why=SafeString(f"since {instant(at)}"),
            url=reverse("admin:catalogue_segment_change", args=[segment.pk]) + "#review",
        )
        for at, segment in overdue
    ]
    url = _list("catalogue_segment", "?review=overdue")
    return _group("Reviews overdue", lines, url, "None: every review is in time, or none is asked.")
