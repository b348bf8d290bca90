"""When a segment is to be looked at again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from catalogue.segments.reviews import review_due_at

LOOKED = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("every", "days"),
    [("1 day", 1), ("2 weeks", 14), ("90 days", 90), ("1 quarter", 91), ("1 year", 365)],
)
def test_it_is_counted_from_the_last_look(every: str, days: int) -> None:
    assert review_due_at({"every": every}, LOOKED) == LOOKED + timedelta(days=days)


def test_hours_are_counted_too() -> None:
    assert review_due_at({"every": "6 hours"}, LOOKED) == LOOKED + timedelta(hours=6)


@pytest.mark.parametrize("review", [None, {}, {"every": ""}, {"every": "often"}, {"reviewer": "x"}])
def test_without_a_span_none_is_due(review: Any) -> None:
    assert review_due_at(review, LOOKED) is None


def test_without_a_look_none_is_due() -> None:
    assert review_due_at({"every": "90 days"}, None) is None
