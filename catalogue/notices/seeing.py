"""What somebody was told and has not seen yet."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from catalogue.models import Notice, User


def unseen_of(user: User) -> QuerySet[Notice]:
    """The notices of somebody that they have not marked as seen, the newest first."""
    return Notice.objects.filter(user=user.pk, seen_at=None).order_by("-pk")


def mark_seen(*, user: User, number: int, now: datetime) -> bool:
    """Mark a notice of somebody as seen; when it was first seen stays. False when they have no
    such notice."""
    theirs = Notice.objects.filter(pk=number, user=user.pk)
    theirs.filter(seen_at=None).update(seen_at=now)
    return theirs.exists()
