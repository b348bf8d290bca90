"""What needs somebody: wrong copies, broken and late refreshes, reviews, drafts of theirs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from django.db.models import Q, QuerySet

from catalogue.models import Draft, PublishRequest, Segment, Status, User, Workspace
from catalogue.permissions import WRITERS, can_publish
from catalogue.ports import ToolState, tool_states
from catalogue.segments.freshness import freshness_of, stopped_state
from catalogue.segments.queries.playbooks import unnoted
from catalogue.segments.reviews import cadence_of, due_of
from catalogue.segments.rights import is_reviewer

Kind = Literal[
    "differs",
    "broken",
    "too expensive",
    "late",
    "second person",
    "review overdue",
    "change to note",
    "draft",
    "review due",
]
# By harm: wrong people in a tool, then numbers that nobody can rely on, then what waits.
ORDER: tuple[Kind, ...] = (
    "differs",
    "broken",
    "too expensive",
    "late",
    "second person",
    "review overdue",
    "change to note",
    "draft",
    "review due",
)
# A review is said before it is due.
REVIEW_SAID_BEFORE = timedelta(days=14)


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """One thing about one segment. `at`: of a copy when it was read back, of a number when it was
    counted, of a review when it is due, of a draft when it was saved. `count`: people missing or
    extra in the tool; of a draft the number it would become."""

    kind: Kind
    key: str
    name: str
    at: datetime | None
    tool: str = ""
    count: int = 0
    text: str = ""


def segments_of(user: User) -> QuerySet[Segment]:
    """The segments somebody answers for: their own, and those of the teams they have a seat in."""
    theirs = Q(owner=user.pk) | Q(team__members__user=user.pk)
    visible: QuerySet[Segment] = Segment.objects.visible_to(user).exclude(status=Status.ARCHIVED)
    return visible.filter(pk__in=Segment.objects.filter(theirs).values("pk"))


def needs_of(
    user: User,
    *,
    now: datetime,
    tools: Mapping[str, Iterable[ToolState]] | None = None,
    workspace: Workspace | None = None,
) -> list[Need]:
    """Everything that needs somebody, the most harmful first. `tools` of the segments somebody
    answers for, and the settings of the workspace, are asked for unless they are known already."""
    segments = list(segments_of(user).select_related("definition").defer("definition__source"))
    copies = tool_states([segment.key for segment in segments]) if tools is None else tools
    found = [need for segment in segments for need in _of(segment, copies[segment.key], now)]
    days = (workspace or Workspace.current()).review_days
    found += [*_reviews(user, days, now), *_drafts(user), *_requests(user), *_to_note(user)]
    return sorted(found, key=lambda need: (ORDER.index(need.kind), -need.count, need.name))


def _of(segment: Segment, tools: Iterable[ToolState], now: datetime) -> Iterator[Need]:
    for tool in tools:
        if tool.drift:
            yield _need("differs", segment, tool.as_of, tool=tool.destination, count=tool.drift)
    if segment.broken_reason:
        is_broken = stopped_state(segment.broken_reason) == "broken"
        kind: Kind = "broken" if is_broken else "too expensive"
        yield _need(kind, segment, segment.refreshed_at, text=segment.broken_reason)
        return
    freshness = freshness_of(segment.refresh, segment.refreshed_at, now=now)
    if freshness.state == "late":
        yield _need("late", segment, segment.refreshed_at, text=freshness.text)


def _reviews(user: User, days: int, now: datetime) -> Iterator[Need]:
    live = Segment.objects.visible_to(user).filter(status=Status.LIVE)
    for segment in live.select_related("definition").defer("definition__source"):
        is_mine = segment.owner_id == user.pk or is_reviewer(user, segment)
        due_at = due_of(segment, days) if is_mine else None
        if due_at is not None and due_at < now + REVIEW_SAID_BEFORE:
            kind: Kind = "review overdue" if due_at < now else "review due"
            yield _need(kind, segment, due_at, text=cadence_of(segment, days))


def _drafts(user: User) -> Iterator[Need]:
    mine = Draft.objects.filter(created_by=user, segment__in=Segment.objects.visible_to(user))
    for draft in mine.select_related("segment").defer("document"):
        yield _need("draft", draft.segment, draft.updated_at, count=draft.number)


def _requests(user: User) -> Iterator[Need]:
    """What others ask this one to publish, as a second person."""
    asked = PublishRequest.objects.filter(segment__in=segments_of(user)).exclude(asked_by=user)
    for request in asked.select_related("segment__team"):
        if can_publish(user, request.segment):
            yield _need("second person", request.segment, request.asked_at, text=request.asker)


def _to_note(user: User) -> Iterator[Need]:
    """Changes that a function has not taken note of, of teams that are called after one."""
    seats = user.seats.filter(role__in=WRITERS).values_list("team__slug", flat=True)
    mine = {slug.replace("-", "_") for slug in seats}
    live = Segment.objects.visible_to(user).filter(status=Status.LIVE, messages__function__in=mine)
    rows = live.select_related("definition").defer("definition__source").distinct()
    for segment, function in unnoted(rows) if mine else ():
        if function in mine:
            yield _need("change to note", segment, None, text=function.replace("_", " "))


def _need(
    kind: Kind,
    segment: Segment,
    at: datetime | None,
    *,
    tool: str = "",
    count: int = 0,
    text: str = "",
) -> Need:
    return Need(
        kind=kind, key=segment.key, name=segment.name, at=at, tool=tool, count=count, text=text
    )
