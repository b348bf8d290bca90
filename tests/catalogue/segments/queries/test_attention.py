from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from catalogue import ports
from catalogue.models import Draft, Role, Segment, Status, Team, TeamMember, User
from catalogue.segments.queries.attention import needs_of, segments_of
from tests.catalogue.web.workspace import NOW, make_segment, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def mia() -> User:
    """An editor of the team Growth, whose the segments are."""
    user = make_user("mia", email="mia@x.example")
    team, _ = Team.objects.get_or_create(slug="growth", defaults={"name": "Growth"})
    TeamMember.objects.create(team=team, user=user, role=Role.EDITOR)
    return user


@pytest.fixture
def tools() -> Iterator[dict[str, int | None]]:
    """Put a drift under a segment key, and its one tool has that."""
    drifts: dict[str, int | None] = {}
    before = list(ports._tool_states)
    ports.register_tool_states(
        lambda keys: {key: _copy(drifts[key]) for key in keys & drifts.keys()}
    )
    yield drifts
    ports._tool_states[:] = before


def _copy(drift: int | None) -> list[ports.ToolState]:
    state = ports.ToolState(
        destination="mailman",
        function="marketing",
        in_step_with=None,
        held=5,
        drift=drift,
        as_of=NOW,
        text="",
    )
    return [state]


def kinds(user: User) -> list[tuple[str, str]]:
    return [(need.kind, need.key) for need in needs_of(user, now=NOW)]


def defined(key: str, *, days_ago: int, **facts: Any) -> Segment:
    """A segment whose definition was written so long ago."""
    with time_machine.travel(NOW - timedelta(days=days_ago), tick=False):
        return make_segment(key, **facts)


def test_the_most_harmful_stands_first(mia: User, tools: dict[str, int | None]) -> None:
    minutes = {"every": 10, "unit": "minutes", "at": None}
    late = make_segment("late", sizes=(5,), refresh=minutes)
    Segment.objects.filter(pk=late.pk).update(refreshed_at=NOW - timedelta(hours=3))
    make_segment("broken", broken_reason="The segment “trial” is gone.")
    make_segment("wrong")
    make_segment("worse")
    tools.update({"wrong": 2, "worse": 9, "late": 0, "broken": None})
    defined("overdue", days_ago=100, owner=mia, review={"every": "90 days"})
    by_mia = {"every": "90 days", "reviewer": "Mia@x.example"}
    defined("soon", days_ago=80, review=by_mia)
    drafted = make_segment("drafted")
    Draft.objects.create(segment=drafted, document={}, base="x", base_number=1, created_by=mia)

    assert kinds(mia) == [
        ("differs", "worse"),
        ("differs", "wrong"),
        ("broken", "broken"),
        ("late", "late"),
        ("review overdue", "overdue"),
        ("draft", "drafted"),
        ("review due", "soon"),
    ]


def test_a_review_far_ahead_or_of_somebody_else_is_nothing_to_do(mia: User) -> None:
    defined("far", days_ago=10, owner=mia, review={"every": "90 days"})
    by_tom = {"every": "90 days", "reviewer": "tom@x.example"}
    defined("others", days_ago=300, review=by_tom)

    assert kinds(mia) == []


def test_segments_of_other_teams_need_somebody_else(
    mia: User, tools: dict[str, int | None]
) -> None:
    sales = Team.objects.create(slug="sales", name="Sales")
    make_segment("theirs", team=sales, broken_reason="gone")
    make_segment("mine", team=sales, owner=mia, broken_reason="gone")
    tools.update({"theirs": 4, "mine": 4})

    assert {key for _, key in kinds(mia)} == {"mine"}
    assert [segment.key for segment in segments_of(mia)] == ["mine"]


def test_a_draft_of_somebody_else_waits_for_them(mia: User) -> None:
    drafted = make_segment("drafted")
    tom = make_user("tom")
    Draft.objects.create(segment=drafted, document={}, base="x", base_number=1, created_by=tom)

    assert kinds(mia) == []


def test_archived_segments_need_nobody(mia: User, tools: dict[str, int | None]) -> None:
    make_segment("old", status=Status.ARCHIVED, broken_reason="gone")
    tools["old"] = 3

    assert kinds(mia) == []
