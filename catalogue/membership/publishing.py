"""Going live and being refreshed, as one act: what is published is due at once."""

from __future__ import annotations

from django.db import transaction

from catalogue.membership.refresh import request_refresh
from catalogue.models import RefreshRun, Segment
from catalogue.permissions import Actor, check_can_refresh
from catalogue.segments import publishing


def publish_and_refresh(
    *, key: str, message: str, token: str, by: Actor, via: str
) -> tuple[Segment, RefreshRun]:
    """`publishing.publish`, and the run that will judge the new definition: both or neither.
    Ring for the run (`tasks.ring`) once this has returned."""
    with transaction.atomic():
        segment = publishing.publish(key=key, message=message, token=token, by=by, via=via)
        return segment, request_refresh(keys=[key])


def restore_and_refresh(
    *, key: str, number: int, message: str, token: str, by: Actor, via: str
) -> tuple[Segment, RefreshRun]:
    """`publishing.restore_version`, and the run that will judge it: both or neither."""
    with transaction.atomic():
        segment = publishing.restore_version(
            key=key, number=number, message=message, token=token, by=by, via=via
        )
        return segment, request_refresh(keys=[key])


def request_refresh_by(*, key: str, by: Actor) -> RefreshRun:
    """A refresh that somebody asks for: the run that waits for this segment already, or a new one.
    Raises PermissionDenied and UnknownSegment."""
    segment = Segment.objects.select_related("team").filter(key=key).first()
    if segment is not None:
        check_can_refresh(by, segment)
    return request_refresh(keys=[key])
