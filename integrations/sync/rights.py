"""Who may steer what is sent of a segment, and report what a tool holds of it."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied

from catalogue.models import ApiKey, Scope, Segment
from catalogue.permissions import (
    Actor,
    check_can_see_people,
    check_can_write,
    check_scope,
    covers,
    missing_scope,
)


def check_can_sync(actor: Actor, segment: Segment) -> None:
    """Raises PermissionDenied when `actor` may not steer what is sent of the segment: those who may
    change it, and keys with the scope."""
    if not isinstance(actor, ApiKey):
        check_can_write(actor, segment)
    elif not actor.has_scope(Scope.SYNCS_WRITE):
        raise missing_scope(Scope.SYNCS_WRITE)
    elif not covers(actor, segment):
        raise PermissionDenied(f"This key belongs to another team than “{segment.name}”.")


def check_can_report(actor: Actor, segment: Segment) -> None:
    """Raises PermissionDenied when `actor` may not report what a tool holds of the segment. Whether
    a checksum is right tells who is in a small segment, so only those who may see them report."""
    if isinstance(actor, ApiKey):
        check_scope(actor, Scope.RECEIPTS_WRITE)
    check_can_see_people(actor, segment)
