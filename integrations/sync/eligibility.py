"""Who may be sent to a tool: asked of the catalogue, at the moment of sending."""

from __future__ import annotations

from datetime import datetime

from catalogue import published


def allowed_people(
    version: published.PublishedVersion, *, consent: str, now: datetime
) -> published.Audience:
    """The people of a membership version who may be sent at `now` to a tool that works for
    `consent` (blank: no consent is asked for)."""
    return published.people(
        version, purpose=published.Purpose.SYNC, viewer=None, consent=consent, now=now
    )
