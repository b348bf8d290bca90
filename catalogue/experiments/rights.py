"""Who may experiment on whom."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied

from catalogue.models import ApiKey, Scope, Segment
from catalogue.permissions import Actor, can_write, check_can_estimate, covers, missing_scope


def can_experiment(actor: Actor, *segments: Segment) -> bool:
    """Whether somebody may plan, start and decide experiments on one of these segments: whoever may
    write; of keys, those with the scope."""
    if isinstance(actor, ApiKey):
        has_scope = actor.has_scope(Scope.EXPERIMENTS_WRITE)
        return has_scope and any(covers(actor, segment) for segment in segments)
    return any(can_write(actor, segment) for segment in segments)


def check_can_experiment(actor: Actor, *segments: Segment) -> None:
    """Raises PermissionDenied when `actor` may not experiment on any of these segments."""
    if isinstance(actor, ApiKey) and not actor.has_scope(Scope.EXPERIMENTS_WRITE):
        raise missing_scope(Scope.EXPERIMENTS_WRITE)
    if not can_experiment(actor, *segments):
        first = segments[0]
        raise PermissionDenied(
            f"Experiments on “{first.name or first.key}” are run by its owner and by the editors of"
            f" the team {first.team.name}."
        )


def can_plan_some(actor: Actor) -> bool:
    """Whether there is any segment that somebody may experiment on."""
    try:
        check_can_estimate(actor)
    except PermissionDenied:
        return False
    return True
