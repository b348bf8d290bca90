"""Who will leave a segment by the clock alone, by name, for those who may see its people."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from catalogue.membership.leaving import Leaving
from catalogue.permissions import Actor
from catalogue.published.people import Purpose, people
from catalogue.published.versions import version


def leavers(found: Leaving, *, purpose: Purpose, viewer: Actor) -> Iterator[tuple[str, datetime]]:
    """(id, the instant as of which they are first out) of those that `found` foretells to leave,
    the first ones first. Raises PermissionDenied when the viewer may not see people."""
    published = version(found.key, found.version)
    assert published is not None  # noqa: S101 (versions are never deleted)
    audience = people(published, purpose=purpose, viewer=viewer)
    return ((name, day.at) for day in found.days for _, name in audience.ids(day.leavers))
