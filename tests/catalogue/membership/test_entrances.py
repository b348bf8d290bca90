"""Who entered a segment, by versions: nobody enters a draft."""

from __future__ import annotations

import pytest

from catalogue.membership.entrances import entrances
from catalogue.models import MembershipVersion, Segment
from tests.catalogue.membership.ground import START, make_segment, publish

pytestmark = pytest.mark.django_db


def found() -> list[tuple[int, set[int], bool]]:
    """Day, people, whether they were there from the first."""
    rows = entrances(MembershipVersion.objects.order_by("number"))
    return [((one.at - START).days, set(one.people), one.is_first) for one in rows]


@pytest.fixture
def payers() -> Segment:
    segment = make_segment("payers")
    publish(segment, {1, 2, 3}, day=0)
    publish(segment, {2, 3}, day=1)
    publish(segment, {3, 4}, day=2)
    publish(segment, {3}, day=3)
    return segment


def test_each_version_tells_who_came_by_it(payers: Segment) -> None:
    assert found() == [(0, {1, 2, 3}, True), (2, {4}, False)]


def test_what_a_draft_held_before_it_went_live_is_left_out(payers: Segment) -> None:
    Segment.objects.update(live_from=2)
    # Two and three had been in the draft too; as of day 1 they are in what is live.
    assert found() == [(1, {2, 3}, True), (2, {4}, False)]
    Segment.objects.update(live_from=5)
    assert found() == []
