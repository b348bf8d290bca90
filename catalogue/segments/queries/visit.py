"""What others did to the catalogue since somebody last looked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from catalogue.models import Change, User

SHOWN = 8
# Who has never looked sees the last week.
FIRST_LOOK = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """`changes` are the newest; `more` are left out. `newest_at` is that of the newest of all, None
    when nothing happened."""

    since: datetime
    is_first: bool
    changes: tuple[Change, ...]
    more: int
    newest_at: datetime | None


def since_last_visit(user: User, *, now: datetime) -> Visit:
    """What others did to segments that exist for somebody."""
    since = user.seen_changes_at or now - FIRST_LOOK
    readable = Change.objects.visible_to(user).filter(at__gt=since, segment__isnull=False)
    by_others = readable.exclude(Q(user__isnull=False) & Q(user=user.pk))
    changes = tuple(by_others.select_related("segment").order_by("-pk")[: SHOWN + 1])
    return Visit(
        since=since,
        is_first=user.seen_changes_at is None,
        changes=changes[:SHOWN],
        more=by_others.count() - SHOWN if len(changes) > SHOWN else 0,
        newest_at=changes[0].at if changes else None,
    )
