"""Who is told, and of what."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Q, QuerySet

from catalogue.models import Notice, Role, Segment, User


def notify(owner: User, *, reason: str, link: str) -> Notice:
    """Tell `owner` of something, and return what they are told: `reason` says in sentences what
    happened and what to do, `link` is the path of the page about it. It is written in the
    transaction of whoever tells, so what is undone was never told; the timetable mails it.

    What they have not seen yet is not told a second time."""
    told, _ = Notice.objects.get_or_create(user=owner, reason=reason, link=link, seen_at=None)
    return told


def site_admins() -> QuerySet[User]:
    """The active site admins."""
    return User.objects.filter(is_superuser=True, is_active=True).order_by("pk")


def answer_for(keys: Collection[str]) -> dict[User, list[str]]:
    """Who answers for these segments, each with the names of theirs, by name: the owner; of a
    segment whose owner has no active login, the admins of its team."""
    segments = Segment.objects.filter(key__in=keys).select_related("owner").order_by("name", "key")
    found: dict[User, list[str]] = {}
    for segment in segments:
        owner = segment.owner
        people = [owner] if owner is not None and owner.is_active else _admins_of(segment)
        for user in people:
            found.setdefault(user, []).append(segment.name or segment.key)
    return found


def _admins_of(segment: Segment) -> list[User]:
    admins = Q(seats__team=segment.team_id, seats__role=Role.ADMIN)
    return list(User.objects.filter(admins, is_active=True).order_by("pk"))
