"""When a segment is to be looked at again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from catalogue.definitions.dates import DURATION
from catalogue.models import Segment

# A review is a day in somebody's diary: months and years of an average length will do.
DAYS = {"day": 1, "week": 7, "month": 30, "quarter": 91, "year": 365}
SHORTER = {"second": 1, "minute": 60, "hour": 3_600}


def due_of(segment: Segment, review_days: int) -> datetime | None:
    """When a segment is to be looked over again: as often as it asks for itself, else every
    `review_days` of the workspace, counted from its newest review. Of one that nobody has reviewed,
    from when its newest definition was written; None before the first."""
    return review_due_at({"every": cadence_of(segment, review_days)}, looked_over_at(segment))


def cadence_of(segment: Segment, review_days: int) -> str:
    """How often a segment is looked over, as a file says it: `90 days`."""
    return str((segment.review or {}).get("every") or f"{review_days} days")


def looked_over_at(segment: Segment) -> datetime | None:
    """When somebody last looked at a segment as a whole. A new definition answers none of the
    questions about use, goal and message, so it puts off no review."""
    written_at = segment.definition.created_at if segment.definition is not None else None
    return segment.reviewed_at or written_at


def review_due_at(review: Mapping[str, Any] | None, looked_at: datetime | None) -> datetime | None:
    """When `review` ({"every": "90 days", …}) is due again, counted from when somebody last looked
    at the segment: wrote its newest definition. None when no review is asked for."""
    match = DURATION.fullmatch(str((review or {}).get("every", "")))
    if match is None or looked_at is None:
        return None
    count, unit = int(match[1]), match[2].removesuffix("s")
    if unit in SHORTER:
        return looked_at + timedelta(seconds=count * SHORTER[unit])
    return looked_at + timedelta(days=count * DAYS[unit]) if unit in DAYS else None
