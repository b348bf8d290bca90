"""Reading metrics back."""

from __future__ import annotations

from catalogue.models import MembershipVersion, Reading


def readings_of(version: MembershipVersion) -> dict[str, Reading]:
    """What was measured when a version was published, by metric; never of another version."""
    return {one.metric: one for one in version.readings.filter(measurement=None)}
