"""Up to when somebody has looked at what changed."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q, QuerySet

from catalogue.models import Change, User


def note_seen(*, user: User, up_to: datetime, now: datetime) -> None:
    """They have seen everything up to `up_to`. It never goes back, and never beyond `now`."""
    seen = min(up_to, now)
    earlier = Q(seen_changes_at=None) | Q(seen_changes_at__lt=seen)
    User.objects.filter(earlier, pk=user.pk).update(seen_changes_at=seen)


def new_for(user: User) -> QuerySet[Change]:
    """What others changed since; nothing before the first visit, when everything would be new."""
    changes: QuerySet[Change] = Change.objects.visible_to(user)
    if user.seen_changes_at is None:
        return changes.none()
    return changes.filter(at__gt=user.seen_changes_at).exclude(user=user.pk)
