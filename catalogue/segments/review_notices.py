"""Telling who looks after a segment that its review is due."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse

from catalogue.models import Notice, Segment, Status, User, Workspace
from catalogue.notices.telling import answer_for, notify
from catalogue.segments.reviews import due_of


def tell_of_due_reviews(*, now: datetime) -> int:
    """Tell whom each overdue review asks, once for each time that it falls due; how many were told.
    Whom it asks: the reviewer a segment names, where they sign in, else who answers for it."""
    days = Workspace.current().review_days
    live = Segment.objects.filter(status=Status.LIVE).select_related("definition")
    told = 0
    for segment in live.defer("definition__source", "definition__canonical"):
        due_at = due_of(segment, days)
        if due_at is not None and due_at < now:
            told += sum(_tell(user, segment, due_at) for user in _asked(segment))
    return told


def _asked(segment: Segment) -> list[User]:
    address = str((segment.review or {}).get("reviewer", ""))
    named = User.objects.filter(email__iexact=address, is_active=True) if address else ()
    return list(named) or list(answer_for([segment.key]))


def _tell(user: User, segment: Segment, due_at: datetime) -> bool:
    reason = (
        f"The review of “{segment.name}” is due since {due_at:%-d %B %Y}. Five questions, and what"
        " is known beside them."
    )
    # Also what they have seen already is not told again.
    if Notice.objects.filter(user=user, reason=reason).exists():
        return False
    notify(user, reason=reason, link=reverse("segment-review", args=[segment.key]))
    return True
