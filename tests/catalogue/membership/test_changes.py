"""The change feed has no gap, no repeat, and a cursor stays good for ever."""

from __future__ import annotations

import pytest

from catalogue.membership.changes import BadCursor, Cursor, changes_of
from tests.catalogue.membership.ground import make_segment, publish

pytestmark = pytest.mark.django_db


def test_changes_come_by_version_with_those_who_entered_before_those_who_left() -> None:
    segment = make_segment()
    publish(segment, {3, 1, 2}, day=0)
    publish(segment, {2, 9, 5}, day=1)
    feed = [(one.membership_version, one.kind, one.ordinal) for one in changes_of(segment)]
    assert feed == [
        (1, "entered", 1),
        (1, "entered", 2),
        (1, "entered", 3),
        (2, "entered", 5),
        (2, "entered", 9),
        (2, "left", 1),
        (2, "left", 3),
    ]


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 100])
def test_walking_by_cursor_gives_every_change_once_whatever_the_page(limit: int) -> None:
    segment = make_segment()
    for day, members in enumerate(({1, 2, 3}, {2, 4}, set(), {7, 8})):
        publish(segment, members, day=day)
    walked, cursor = [], None
    while page := changes_of(segment, after=cursor, limit=limit):
        assert len(page) <= limit
        walked += page
        cursor = Cursor.parse(str(page[-1].cursor))
    assert walked == changes_of(segment)


def test_replaying_the_feed_gives_the_newest_members() -> None:
    segment = make_segment()
    for day, members in enumerate(({1, 2, 3}, {2, 4}, {2, 4, 6}, {6})):
        publish(segment, members, day=day)
    held: set[int] = set()
    for change in changes_of(segment):
        held = held | {change.ordinal} if change.kind == "entered" else held - {change.ordinal}
    assert held == {6}


def test_a_reader_who_was_at_the_end_gets_only_what_came_since() -> None:
    segment = make_segment()
    publish(segment, {1}, day=0)
    end = changes_of(segment)[-1].cursor
    assert changes_of(segment, after=end) == []
    publish(segment, {2}, day=1)
    assert [(one.kind, one.ordinal) for one in changes_of(segment, after=end)] == [
        ("entered", 2),
        ("left", 1),
    ]


@pytest.mark.parametrize(
    "text", ["", "payers", "payers:m1", "payers:1:1", "PAYERS:m1:1", "a:m1:-1"]
)
def test_a_cursor_that_was_never_given_is_refused(text: str) -> None:
    with pytest.raises(BadCursor, match="exactly what the feed gave you"):
        Cursor.parse(text)


def test_a_cursor_of_another_segment_is_refused() -> None:
    with pytest.raises(BadCursor, match="another segment"):
        changes_of(make_segment("a"), after=Cursor.parse("b:m1:1"))
