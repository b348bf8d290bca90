"""Reading metrics back."""

from __future__ import annotations

from catalogue.models import MembershipVersion, Reading


def readings_of(version: MembershipVersion) -> dict[str, Reading]:
    """Every reading of a version by its metric; never one of another version."""
    return {reading.metric: reading for reading in version.readings.all()}
