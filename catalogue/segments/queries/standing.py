"""How the whole catalogue stands, in a few numbers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from catalogue.models import Segment, Status, User
from catalogue.ports import tool_states
from catalogue.segments.facts import copy_state
from catalogue.segments.freshness import freshness_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Live segments and their copies in tools. `as_of`: when the oldest number that is on time was
    counted; None when there is none."""

    live: int
    fresh: int
    copies: int
    equal: int
    differ: int
    as_of: datetime | None

    @property
    def unknown(self) -> int:
        """Copies that nobody has read back."""
        return self.copies - self.equal - self.differ


def standing(viewer: User, *, now: datetime) -> Standing:
    """The live segments that exist for `viewer`."""
    rows = Segment.objects.visible_to(viewer).filter(status=Status.LIVE)
    segments = list(rows.only("key", "refresh", "refreshed_at", "broken_reason"))
    fresh = [
        segment.refreshed_at
        for segment in segments
        if segment.refreshed_at is not None
        and not segment.broken_reason
        and freshness_of(segment.refresh, segment.refreshed_at, now=now).state != "late"
    ]
    tools = tool_states([segment.key for segment in segments])
    states = [copy_state(tool) for copies in tools.values() for tool in copies]
    return Standing(
        live=len(segments),
        fresh=len(fresh),
        copies=len(states),
        equal=states.count("equal"),
        differ=states.count("differs"),
        as_of=min(fresh, default=None),
    )
