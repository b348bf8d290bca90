"""When a segment is to be looked at again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from catalogue.definitions.dates import DURATION

# A review is a day in somebody's diary: months and years of an average length will do.
DAYS = {"day": 1, "week": 7, "month": 30, "quarter": 91, "year": 365}
SHORTER = {"second": 1, "minute": 60, "hour": 3_600}


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
