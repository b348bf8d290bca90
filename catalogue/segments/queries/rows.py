"""Segments as lines of a list."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from catalogue.definitions.english.wording import Labels
from catalogue.definitions.linked import Span, linked_line
from catalogue.definitions.nodes import Subject
from catalogue.models import DefinitionVersion, Draft, Health, Segment, Workspace
from catalogue.ports import ToolState, tool_states
from catalogue.segments.certifying import Trust, trust_of
from catalogue.segments.freshness import Freshness, freshness_of
from catalogue.segments.goal_states import HEAVY_SPLIT, Standing, standing_of
from catalogue.segments.queries.sizes import Size, Trend, trends
from catalogue.segments.subjects import subject_of
from catalogue.segments.trees import tree_of

STATIC_LIST = "is on a list kept by hand"
# Bitmaps and files stay in the database: a page shows numbers, never members.
HEAVY = (
    *("membership__entered", "membership__left", "membership__key_frame"),
    "definition__source",
    *HEAVY_SPLIT,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentRow:
    """One segment. `subject`: what it holds, customers or accounts. `size` and `as_of` are None
    until the first refresh; `english` is its definition on one line, nothing of one without; `goal`
    is as its file says it, `standing` how it stands; `health` what the rules found at the last
    look."""

    key: str
    name: str
    status: str
    subject: Subject
    is_private: bool
    has_draft: bool
    english: tuple[Span, ...]
    team: str
    team_slug: str
    owner: str
    owner_email: str
    models: tuple[str, ...]
    goal: Mapping[str, Any] | None
    standing: Standing
    size: int | None
    as_of: datetime | None
    membership: int | None
    definition: int | None
    entered: int
    left: int
    sizes: tuple[Size, ...]
    freshness: Freshness
    trust: Trust
    broken: str
    tools: tuple[ToolState, ...]
    health: Health | None
    updated_at: datetime


def segment_rows(
    segments: QuerySet[Segment],
    *,
    labels: Labels,
    now: datetime,
    tools: Mapping[str, Iterable[ToolState]] | None = None,
    workspace: Workspace | None = None,
) -> list[SegmentRow]:
    """These segments, in their order. `tools`, and the settings of the workspace, are asked for
    unless they are known already."""
    rows = list(_with_relations(segments))
    history = trends(rows, now=now)
    copies = tool_states([row.key for row in rows]) if tools is None else tools
    shown = Shown(labels=labels, now=now, workspace=workspace or Workspace.current())
    return [
        row_of(row, history.get(row.pk, Trend()), copies.get(row.key, ()), shown) for row in rows
    ]


def _with_relations(segments: QuerySet[Segment]) -> QuerySet[Segment]:
    related = ("team", "owner", "definition", "membership", "health", "goal_split", "certificate")
    found = segments.select_related(*related).defer(*HEAVY)
    return found.annotate(has_draft=Exists(Draft.objects.filter(segment=OuterRef("pk"))))


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What all rows of a page are shown by."""

    labels: Labels
    now: datetime
    workspace: Workspace


def row_of(segment: Segment, trend: Trend, tools: Iterable[ToolState], shown: Shown) -> SegmentRow:
    """One segment, from the query of `segment_rows`."""
    membership = segment.membership
    return SegmentRow(
        key=segment.key,
        name=segment.name,
        status=segment.status,
        subject=subject_of(segment.definition),
        is_private=segment.is_private and segment.status == "draft",
        has_draft=bool(getattr(segment, "has_draft", False)),
        english=line_of(segment.definition, shown.labels),
        team=segment.team.name,
        team_slug=segment.team.slug,
        owner=segment.owner.label if segment.owner else segment.owner_email,
        owner_email=segment.owner_email,
        models=tuple(words(str(model)).lower() for model in segment.models_used),
        goal=segment.goal,
        standing=standing_of(segment, fewest=shown.workspace.fewest_people),
        size=membership.size if membership else None,
        as_of=segment.refreshed_at or (membership.now if membership else None),
        membership=membership.number if membership else None,
        definition=segment.definition.number if segment.definition else None,
        entered=trend.entered,
        left=trend.left,
        sizes=trend.sizes,
        freshness=freshness_of(segment.refresh, segment.refreshed_at, now=shown.now),
        trust=trust_of(segment, now=shown.now, review_days=shown.workspace.review_days),
        broken=segment.broken_reason,
        tools=tuple(tools),
        health=getattr(segment, "health", None),
        updated_at=segment.updated_at,
    )


def line_of(version: DefinitionVersion | None, labels: Labels) -> tuple[Span, ...]:
    """A definition version on one line; a list kept by hand says so."""
    if version is None:
        return ()
    if version.canonical is None:
        return (Span(text=STATIC_LIST),)
    return linked_line(tree_of(version.canonical), labels=labels)


def words(name: str) -> str:
    """A name from a file as people write it: `customer_success` is Customer success."""
    return name.replace("_", " ").capitalize()
