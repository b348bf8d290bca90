"""Who looks after a segment: who vouches for it, who reviews it."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied

from catalogue.models import ApiKey, Scope, Segment, Team, TeamMember, User
from catalogue.permissions import WRITERS, Actor, can_administer, can_write, missing_scope


def can_certify(actor: Actor, segment: Segment) -> bool:
    """Whether somebody may vouch for the segment: its owner, and the admins of its team."""
    if actor is None:
        return True
    if isinstance(actor, ApiKey) or not actor.is_active:
        return False
    is_owner = segment.owner_id is not None and segment.owner_id == actor.pk
    return is_owner or can_administer(actor, segment.team)


def check_can_certify(actor: Actor, segment: Segment) -> None:
    """Raises PermissionDenied when `actor` may not vouch for the segment."""
    if not can_certify(actor, segment):
        raise PermissionDenied(
            f"“{segment.name}” is vouched for by its owner and by the admins of the team"
            f" {segment.team.name}."
        )


def can_review(actor: Actor, segment: Segment) -> bool:
    """Whether somebody may review the segment: whoever may write it, and whom it names."""
    is_named = isinstance(actor, User) and actor.is_active and is_reviewer(actor, segment)
    return is_named or can_write(actor, segment)


def is_reviewer(user: User, segment: Segment) -> bool:
    """Whether the segment names this login to look it over."""
    reviewer = str((segment.review or {}).get("reviewer", ""))
    return bool(reviewer) and reviewer.casefold() == user.email.casefold()


def can_acknowledge(actor: Actor, segment: Segment, function: str) -> bool:
    """Whether somebody speaks for a function: the editors of the team that is called after it;
    where there is none, the editors of any team, and whoever may write the segment."""
    if actor is None or can_write(actor, segment):
        return True
    if isinstance(actor, ApiKey) or not actor.is_active:
        return False
    slugs = (function, function.replace("_", "-"))
    seats = TeamMember.objects.filter(user=actor.pk, role__in=WRITERS)
    named = Team.objects.filter(slug__in=slugs)
    return seats.filter(team__in=named).exists() if named.exists() else seats.exists()


def check_can_acknowledge(actor: Actor, segment: Segment, function: str) -> None:
    """Raises PermissionDenied when `actor` does not speak for the function."""
    if isinstance(actor, ApiKey) and not actor.has_scope(Scope.SEGMENTS_WRITE):
        raise missing_scope(Scope.SEGMENTS_WRITE)
    if not can_acknowledge(actor, segment, function):
        raise PermissionDenied(
            f"For {function.replace('_', ' ')} the editors of its team take note of a change."
        )


def check_can_review(actor: Actor, segment: Segment) -> None:
    """Raises PermissionDenied when `actor` may not review the segment."""
    if isinstance(actor, ApiKey) and not actor.has_scope(Scope.SEGMENTS_WRITE):
        raise missing_scope(Scope.SEGMENTS_WRITE)
    if not can_review(actor, segment):
        raise PermissionDenied(
            f"“{segment.name}” is reviewed by whom it names, its owner and the editors of the team"
            f" {segment.team.name}."
        )
