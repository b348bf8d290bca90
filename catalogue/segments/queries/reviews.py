"""Which reviews are overdue, due soon, later, and done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from django.db.models import QuerySet

from catalogue.models import Review, Segment, Status, User, Workspace
from catalogue.permissions import Actor
from catalogue.segments.reviews import cadence_of, due_of
from catalogue.segments.rights import is_reviewer

# A review is said before it is due.
SAID_BEFORE = timedelta(days=14)
State = Literal["overdue", "due", "later"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DueReview:
    """The next review of a live segment. `reviewer`: the name of whom it asks, else of its owner;
    `is_mine`: the viewer is one of those."""

    key: str
    name: str
    team: str
    state: State
    due_at: datetime
    every: str
    reviewer: str
    reviewed_at: datetime | None
    is_mine: bool


def due_reviews(viewer: Actor, *, now: datetime) -> list[DueReview]:
    """The next review of every live segment that exists for `viewer`, the most overdue first."""
    days = Workspace.current().review_days
    live = Segment.objects.visible_to(viewer).filter(status=Status.LIVE)
    rows = live.select_related("team", "owner", "definition").defer("definition__source")
    names = {user.email.casefold(): user.label for user in User.objects.exclude(email="")}
    found = [_due(row, viewer, names, days, now) for row in rows]
    known = [one for one in found if one is not None]
    return sorted(known, key=lambda one: (one.due_at, one.name, one.key))


def _due(
    segment: Segment, viewer: Actor, names: dict[str, str], days: int, now: datetime
) -> DueReview | None:
    due_at = due_of(segment, days)
    if due_at is None:
        return None
    asked = str((segment.review or {}).get("reviewer") or segment.owner_email)
    is_named = isinstance(viewer, User) and is_reviewer(viewer, segment)
    return DueReview(
        key=segment.key,
        name=segment.name,
        team=segment.team.name,
        state=state_of(due_at, now),
        due_at=due_at,
        every=cadence_of(segment, days),
        reviewer=names.get(asked.casefold(), asked),
        reviewed_at=segment.reviewed_at,
        is_mine=is_named or (isinstance(viewer, User) and segment.owner_id == viewer.pk),
    )


def state_of(due_at: datetime, now: datetime) -> State:
    """How a review stands that is due then."""
    if due_at < now:
        return "overdue"
    return "due" if due_at < now + SAID_BEFORE else "later"


def done_reviews(viewer: Actor) -> QuerySet[Review]:
    """The reviews that were done, of segments that exist for `viewer`, the newest first."""
    visible = Segment.objects.visible_to(viewer).values("pk")
    return Review.objects.filter(segment__in=visible).select_related("segment", "definition")
