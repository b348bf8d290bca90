"""What stands above every page about one segment: its name, its state, its other pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils import timezone

from catalogue.definitions.nodes import Subject
from catalogue.models import Segment, Status
from catalogue.permissions import Actor, can_write
from catalogue.segments.certifying import Trust, trust_now
from catalogue.segments.freshness import Freshness, freshness_of
from catalogue.segments.queries.archived import Archived, archived_of
from catalogue.segments.rights import can_certify
from catalogue.segments.subjects import subject_of
from catalogue.web.components.structure import Tab

# Route and label, in the order of the tabs.
PAGES = (
    ("segment", "Overview"),
    ("segment-definition", "Definition"),
    ("segment-people", "People"),
    ("segment-goal", "Goal"),
    ("segment-metrics", "Metrics"),
    ("segment-research", "Research"),
    ("segment-ideas", "Ideas"),
    ("segment-experiments", "Experiments"),
    ("segment-sync", "Sync"),
    ("segment-playbook", "Playbook"),
    ("segment-review", "Review"),
    ("segment-history", "History"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentHead:
    """`definition` and `draft` are numbers of definition versions, None where there is none yet or
    none waits. `size` is as of `as_of`, counted in membership version `membership`."""

    key: str
    name: str
    status: str
    subject: Subject
    is_private: bool
    team: str
    team_slug: str
    broken: str
    definition: int | None
    draft: int | None
    size: int | None
    membership: int | None
    as_of: datetime | None
    freshness: Freshness
    can_write: bool
    archived: Archived | None
    trust: Trust
    can_certify: bool
    tabs: tuple[Tab, ...]

    @property
    def routes(self) -> tuple[str, ...]:
        """The pages that offer what can be done with the segment."""
        return (*(route for route, _ in PAGES), "segment-diff")

    @property
    def draft_words(self) -> str:
        """The waiting draft in a few words."""
        return f"Draft of d{self.draft} waits"


def segment_head(segment: Segment, *, current: str, viewer: Actor) -> SegmentHead:
    """The head of one of the pages about `segment`; `current` is the route of that page."""
    draft = getattr(segment, "draft", None)
    membership = segment.membership
    return SegmentHead(
        key=segment.key,
        name=segment.name,
        status=segment.status,
        subject=subject_of(segment.definition),
        is_private=segment.is_private and segment.status == Status.DRAFT,
        team=segment.team.name,
        team_slug=segment.team.slug,
        broken=segment.broken_reason,
        definition=segment.definition.number if segment.definition else None,
        draft=draft.number if draft else None,
        size=membership.size if membership else None,
        membership=membership.number if membership else None,
        as_of=segment.refreshed_at or (membership.now if membership else None),
        freshness=freshness_of(segment.refresh, segment.refreshed_at, now=timezone.now()),
        can_write=segment.status != Status.ARCHIVED and can_write(viewer, segment),
        archived=archived_of(segment, viewer),
        trust=trust_now(segment, now=timezone.now()),
        can_certify=segment.status == Status.LIVE and can_certify(viewer, segment),
        tabs=tuple(_tab(route, label, segment, current) for route, label in PAGES),
    )


def _tab(route: str, label: str, segment: Segment, current: str) -> Tab:
    counts: dict[str, int | str | None] = {
        "segment-people": segment.membership.size if segment.membership else None,
        "segment-sync": len(segment.sync_wanted) or None,
        "segment-history": f"d{segment.definition.number}" if segment.definition else None,
    }
    url = reverse(route, args=[segment.key])
    if route == "segment-people" and subject_of(segment.definition) == "account":
        label = "Accounts"
    return Tab(label=label, url=url, current=route == current, count=counts.get(route))
