"""Segments as the API shows them, from a number of queries that does not grow with them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from rest_framework.request import Request

from catalogue.api.authentication import actor_of
from catalogue.api.requests import link
from catalogue.api.shapes.segments import SegmentShape
from catalogue.definitions.english.wording import Labels
from catalogue.models import ApiKey, MembershipVersion, Scope, Segment, Workspace
from catalogue.ports import ToolState, tool_states
from catalogue.segments.certifying import trust_of
from catalogue.segments.documents import evidence_data, timetable_of
from catalogue.segments.facts import copy_state, english_of
from catalogue.segments.freshness import freshness_of, stopped_state
from catalogue.segments.subjects import subject_of
from catalogue.segments.vocabulary import stored_labels

STATIC_LIST = "is on a list kept by hand"
HEAVY = (
    *("membership__entered", "membership__left", "membership__key_frame", "definition__source"),
    *("membership__definition__source", "membership__definition__canonical"),
)


def with_all(segments: QuerySet[Segment]) -> QuerySet[Segment]:
    """The segments with everything that is shown of them."""
    related = (
        *("team", "owner", "definition", "membership__definition", "draft"),
        *("health", "certificate"),
    )
    found = segments.select_related(*related).prefetch_related("evidence", "messages")
    return found.defer(
        *HEAVY, "membership__definition__source", "membership__definition__canonical"
    )


def segments_data(
    request: Request, segments: Sequence[Segment], *, now: datetime
) -> list[dict[str, Any]]:
    """The segments as answers, in their order; they come from `with_all`."""
    tools = tool_states([segment.key for segment in segments])
    labels = stored_labels(actor_of(request))
    days = Workspace.current().review_days
    rows = [
        _row(request, one, tools[one.key], labels, now=now) | {"trust": _trust(one, now, days)}
        for one in segments
    ]
    return list(SegmentShape(rows, many=True).data)


def shows_drafts(request: Request) -> bool:
    """Whether who asks may know of changes that wait: keys need the scope."""
    actor = actor_of(request)
    return not isinstance(actor, ApiKey) or actor.has_scope(Scope.SEGMENTS_DRAFT)


def _row(
    request: Request,
    segment: Segment,
    tools: Sequence[ToolState],
    labels: Labels,
    *,
    now: datetime,
) -> dict[str, Any]:
    definition = segment.definition
    is_list = definition is not None and definition.canonical is None
    return {
        "id": segment.key,
        "object": "segment",
        "key": segment.key,
        "name": segment.name,
        "url": link(request, "api:segment", segment.key),
        "html_url": link(request, "segment", segment.key),
        "status": segment.status,
        "subject": subject_of(definition),
        "private": segment.is_private,
        "team": segment.team.slug,
        "owner": _owner(segment),
        "models": segment.models_used,
        "why": segment.why,
        "evidence": [evidence_data(one) for one in segment.evidence.all()],
        "goal": segment.goal,
        "review": segment.review,
        "refresh": timetable_of(segment.refresh) or None,
        "messages": {one.function: one.as_written() for one in segment.messages.all()},
        "sync": segment.sync_wanted,
        "english": STATIC_LIST if is_list else english_of(segment, labels),
        "definition_version": definition.number if definition else None,
        "definition_hash": f"sha256:{definition.definition_hash}" if definition else None,
        "size": _size(segment, segment.membership),
        "freshness": _freshness(segment, now),
        "broken": segment.broken_reason or None,
        "tools": [_tool(tool) for tool in tools],
        "health": _health(segment),
        "draft": _draft(segment) if shows_drafts(request) else None,
        "created_at": segment.created_at,
        "updated_at": segment.updated_at,
    }


def _owner(segment: Segment) -> dict[str, str] | None:
    if not segment.owner_email:
        return None
    return {"email": segment.owner_email, "name": segment.owner.label if segment.owner else ""}


def _size(segment: Segment, version: MembershipVersion | None) -> dict[str, Any] | None:
    if version is None:
        return None
    return {
        "value": version.size,
        # A refresh that finds the same members makes no version, but confirms the number.
        "as_of": segment.refreshed_at or version.now,
        "method": "exact",
        "membership_version": version.number,
        "definition_version": version.definition.number,
    }


def _freshness(segment: Segment, now: datetime) -> dict[str, Any]:
    found = freshness_of(segment.refresh, segment.refreshed_at, now=now)
    state = stopped_state(segment.broken_reason) or found.state.replace(" ", "_")
    max_age = found.max_age.total_seconds() if found.max_age is not None else None
    return {
        "state": state,
        "text": found.text,
        "due_at": found.due_at,
        "max_age_seconds": max_age,
    }


def _trust(segment: Segment, now: datetime, review_days: int) -> dict[str, Any]:
    found = trust_of(segment, now=now, review_days=review_days)
    said = {"by": found.by, "at": found.at, "message": found.message, "why": found.why}
    return {"state": found.state, **{name: value or None for name, value in said.items()}}


def _tool(tool: ToolState) -> dict[str, Any]:
    return {
        "destination": tool.destination,
        "function": tool.function,
        "state": copy_state(tool),
        "text": tool.text,
        "in_step_with": tool.in_step_with,
        "held": tool.held,
        "drift": tool.drift,
        "as_of": tool.as_of,
    }


def _health(segment: Segment) -> dict[str, Any] | None:
    health = getattr(segment, "health", None)
    if health is None:
        return None
    codes = [one["code"] for one in health.findings]
    return {"score": health.score, "findings": codes, "as_of": health.looked_at}


def _draft(segment: Segment) -> dict[str, Any] | None:
    draft = getattr(segment, "draft", None)
    return {"number": draft.number, "updated_at": draft.updated_at} if draft else None
