"""What others did since somebody last looked, cut to what fits a first page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet

from catalogue.models import Change, User
from catalogue.segments.queries.activity import ActLine, act_lines
from catalogue.segments.visits import new_for

SHOWN = 6
# Who has never looked sees the last week.
FIRST_LOOK = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """`acts` are the newest, `more` are left out; `since` is None on the first visit."""

    since: datetime | None
    acts: tuple[ActLine, ...]
    more: int


def since_last_visit(user: User, *, now: datetime) -> Visit:
    """What others did that somebody may read about."""
    changes = new_for(user) if user.seen_changes_at else _lately(user, now)
    newest = changes.select_related("segment", "team").order_by("-pk")[: SHOWN + 1]
    acts = act_lines(newest, viewer=user)
    return Visit(
        since=user.seen_changes_at,
        acts=tuple(acts[:SHOWN]),
        more=changes.count() - SHOWN if len(acts) > SHOWN else 0,
    )


def _lately(user: User, now: datetime) -> QuerySet[Change]:
    changes: QuerySet[Change] = Change.objects.visible_to(user)
    return changes.filter(at__gt=now - FIRST_LOOK).exclude(user=user.pk)
