"""Who may do what. `can_x` answers; `check_can_x` raises a sentence that a user may read.

Everyone signed in reads every segment. By right only: seeing *people* and *writing*.
"""

from __future__ import annotations

from django.core.exceptions import PermissionDenied

from catalogue.models import Segment, User


def can_see_people(viewer: User | None, segment: Segment) -> bool:
    """Whether a person may see who is in the segment. `None` is the system or the command line."""
    return viewer is None or (viewer.is_active and viewer.has_perm("catalogue.see_people"))


def check_can_see_people(viewer: User | None, segment: Segment) -> None:
    """Raises PermissionDenied when `viewer` may not see who is in the segment."""
    if not can_see_people(viewer, segment):
        raise PermissionDenied(
            f"You may see how many people “{segment.name}” holds, but not who they are. Ask an"
            " administrator for the right to see people."
        )


def can_write(writer: User | None, segment: Segment) -> bool:
    """Whether a person may change the segment: those with the right to, and its owner."""
    if writer is None:
        return True
    is_owner = segment.owner_id is not None and segment.owner_id == writer.pk
    return writer.is_active and (is_owner or writer.has_perm("catalogue.change_segment"))


def check_can_write(writer: User | None, segment: Segment) -> None:
    """Raises PermissionDenied when `writer` may not change the segment."""
    if not can_write(writer, segment):
        raise PermissionDenied(
            f"You may read “{segment.name or segment.key}” but not change it. Ask its owner or an"
            " administrator for the right to edit segments."
        )
