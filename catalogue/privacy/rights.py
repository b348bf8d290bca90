"""Who may read and change the lists of suppressions, consent and erasures."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied

from catalogue.models import ApiKey, Scope
from catalogue.permissions import Actor, check_scope, is_any_admin


def check_can_see_suppressions(actor: Actor) -> None:
    """Raises PermissionDenied when `actor` may not read who is suppressed."""
    _check(actor, Scope.SUPPRESSIONS_READ, "Who must never be used is seen to by")


def check_can_suppress(actor: Actor) -> None:
    """Raises PermissionDenied when `actor` may not suppress people and lift that."""
    _check(actor, Scope.SUPPRESSIONS_WRITE, "People are suppressed by")


def check_can_see_consents(actor: Actor) -> None:
    """Raises PermissionDenied when `actor` may not read who consents to what."""
    _check(actor, Scope.CONSENTS_READ, "Who consents to what is seen to by")


def check_can_note_consent(actor: Actor) -> None:
    """Raises PermissionDenied when `actor` may not note words of consent."""
    _check(actor, Scope.CONSENTS_WRITE, "Consent is noted by")


def check_can_see_erasures(actor: Actor) -> None:
    """Raises PermissionDenied when `actor` may not read how far erasures are."""
    _check(actor, Scope.ERASURES_READ, "Erasures are seen to by")


def can_erase(actor: Actor) -> bool:
    """Whether somebody may have people erased for good: site admins, and keys with the scope."""
    if isinstance(actor, ApiKey):
        return actor.has_scope(Scope.ERASURES_WRITE)
    return actor is None or (actor.is_active and actor.is_superuser)


def check_can_erase(actor: Actor) -> None:
    """Raises PermissionDenied when `actor` may not have people erased."""
    check_scope(actor, Scope.ERASURES_WRITE)
    if not can_erase(actor):
        raise PermissionDenied(
            "Nobody can undo an erasure, so site admins ask for one. Ask one of them."
        )


def _check(actor: Actor, scope: Scope, what: str) -> None:
    check_scope(actor, scope)
    if not isinstance(actor, ApiKey) and not is_any_admin(actor):
        raise PermissionDenied(f"{what} team admins and site admins. Ask one of them.")
