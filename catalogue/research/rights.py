"""Who may load surveys and have groups looked for."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied

from catalogue.models import ApiKey, Scope
from catalogue.permissions import Actor, check_can_estimate, check_scope, is_any_admin


def check_can_load(actor: Actor) -> None:
    """Raises PermissionDenied when `actor` may not load answers: they become traits of customers,
    so it is for those who see to imports, and for keys with the scope."""
    if isinstance(actor, ApiKey):
        check_scope(actor, Scope.SURVEYS_WRITE)
    elif not is_any_admin(actor):
        raise PermissionDenied(
            "Answers become traits of customers, so surveys are loaded by team admins and site"
            " admins. Ask one of them."
        )


def can_load(actor: Actor) -> bool:
    """Whether `check_can_load` would let them."""
    if isinstance(actor, ApiKey):
        return actor.has_scope(Scope.SURVEYS_WRITE)
    return is_any_admin(actor)


def check_can_discover(actor: Actor) -> None:
    """Raises PermissionDenied when `actor` may not have groups looked for: as for counting what is
    not stored, it is for those who make segments."""
    if isinstance(actor, ApiKey):
        check_scope(actor, Scope.IDEAS_WRITE)
    else:
        check_can_estimate(actor)
