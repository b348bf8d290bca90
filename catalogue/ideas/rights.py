"""Who may do what with ideas. Everyone signed in adds, votes and comments; what becomes of an idea
is decided by who had it and by the editors of its team. Keys act for their team."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied

from catalogue.models import ApiKey, Idea, Scope, Team, TeamMember, User
from catalogue.permissions import WRITERS, Actor, check_scope


def check_can_add(actor: Actor, team: Team, *, is_private: bool) -> None:
    """Raises PermissionDenied when `actor` may not add an idea for the team."""
    check_scope(actor, Scope.IDEAS_WRITE)
    if isinstance(actor, ApiKey) and actor.team_id != team.pk:
        raise PermissionDenied(f"This key adds ideas for its own team, not for {team.name}.")
    if isinstance(actor, User) and is_private and not _sits_in(actor, team):
        raise PermissionDenied(
            f"An idea private to {team.name} is added by its members. Add it for all, or for a team"
            " of yours."
        )


def check_can_take_part(actor: Actor) -> None:
    """Raises PermissionDenied when `actor` may neither vote nor comment."""
    check_scope(actor, Scope.IDEAS_WRITE)


def can_steer(actor: Actor, idea: Idea) -> bool:
    """Whether somebody may change, move, park and merge the idea."""
    if actor is None:
        return True
    if isinstance(actor, ApiKey):
        return actor.has_scope(Scope.IDEAS_WRITE) and actor.team_id == idea.team_id
    return actor.is_active and (
        actor.is_superuser
        or idea.author_id == actor.pk
        or TeamMember.objects.filter(team=idea.team_id, user=actor.pk, role__in=WRITERS).exists()
    )


def check_can_steer(actor: Actor, idea: Idea) -> None:
    """Raises PermissionDenied when `actor` may not decide what becomes of the idea."""
    check_scope(actor, Scope.IDEAS_WRITE)
    if not can_steer(actor, idea):
        raise PermissionDenied(
            f"What becomes of “{idea.title}” is decided by who had it and by the editors of the"
            f" team {idea.team.name}. You may vote and comment."
        )


def steered_teams(user: User) -> frozenset[int]:
    """The ids of the teams whose ideas somebody may steer, whoever had them."""
    seats = TeamMember.objects.filter(user=user.pk, role__in=WRITERS)
    return frozenset(seats.values_list("team", flat=True))


def _sits_in(user: User, team: Team) -> bool:
    return user.is_superuser or user.seats.filter(team=team).exists()
