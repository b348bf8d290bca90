from datetime import UTC, datetime, timedelta

import pytest

from catalogue.segments.freshness import freshness_of
from catalogue.segments.queries.sizes import Size, weekly

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("refresh", "hours_ago", "state", "text"),
    [
        ({"every": 6, "unit": "hours"}, 6, "on time", "every 6 hours"),
        ({"every": 6, "unit": "hours"}, 6.5, "on time", "every 6 hours"),
        ({"every": 6, "unit": "hours"}, 8, "late", "refresh late by 2 hours"),
        ({"every": 1, "unit": "day", "at": "06:00"}, 72, "late", "refresh late by 2 days"),
        ({"every": 1, "unit": "day", "at": "06:00"}, 6, "on time", "every day"),
        (None, 500, "by hand", "refreshed by hand"),
    ],
)
def test_freshness_is_judged_by_the_segments_own_timetable(
    refresh: dict[str, object] | None, hours_ago: float, state: str, text: str
) -> None:
    fresh = freshness_of(refresh, NOW - timedelta(hours=hours_ago), now=NOW)

    assert (fresh.state, fresh.text) == (state, text)


def test_what_was_never_refreshed_is_neither_fresh_nor_late() -> None:
    assert freshness_of({"every": 1, "unit": "hours"}, None, now=NOW).state == "never"


def test_a_size_holds_until_the_next_version() -> None:
    history = [
        Size(at=NOW - timedelta(weeks=20), size=5, definition=1),
        Size(at=NOW - timedelta(days=10), size=9, definition=1),
    ]

    assert [size.size for size in weekly(history, now=NOW)] == [5] * 10 + [9, 9]


def test_weeks_before_the_first_version_are_left_out() -> None:
    history = [Size(at=NOW - timedelta(weeks=1), size=9, definition=1)]

    assert [size.size for size in weekly(history, now=NOW)] == [9, 9]
