"""Who leaves a segment by the clock alone."""

from __future__ import annotations

from datetime import timedelta

import pyarrow as pa
import pytest
from django.core.exceptions import PermissionDenied
from pyroaring import BitMap

from catalogue import published
from catalogue.definitions.errors import Code, DefinitionError
from catalogue.membership.leaving import Leaving, NothingToForetell, leaving
from catalogue.models import ListedMember, Segment, Status
from catalogue.published import Purpose
from catalogue.warehouse.ingest import load_customers
from catalogue.warehouse.ordinals import ids_of
from tests.catalogue.segments.ground import seat
from tests.catalogue.workspace import NOW, define, load_workspace, refresh

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def workspace() -> None:
    load_workspace()


def foretold(key: str, days: int = 7, now_after: timedelta = timedelta(0)) -> Leaving:
    return leaving(Segment.objects.get(key=key), now=NOW + now_after, days=days, seconds=60)


def names(ordinals: BitMap) -> set[str]:
    return {name for _, name in ids_of(ordinals)}


def test_members_leave_on_the_day_on_which_their_last_event_leaves_the_window() -> None:
    define("lately", {"did": "login", "in_last": "10 days"})  # ada on the 17th, bob on the 10th
    refresh("lately")
    found = foretold("lately", days=10)
    assert [(day.number, names(day.leavers)) for day in found.days if day.count] == [
        (2, {"bob"}),  # the window of the 20th begins at noon of the 10th
        (9, {"ada"}),
    ]
    assert [day.left for day in found.days] == [2, 1, 1, 1, 1, 1, 1, 1, 0, 0]
    assert (found.version, found.size, found.count, len(found.due)) == (1, 2, 2, 0)
    assert found.days[1].at == NOW + 2 * DAY


def test_it_is_what_refreshes_on_those_days_publish() -> None:
    where = {
        "any": [{"did": "login", "in_last": "10 days"}, {"did": "purchase", "in_last": "3 days"}]
    }
    segment = define("lately", where)
    refresh("lately")
    days = foretold("lately", days=9).days
    for day in days:
        refresh("lately", now=day.at)
        segment.refresh_from_db()
        assert segment.membership is not None
        assert segment.membership.size == day.left, day


def test_who_is_out_already_is_due_and_leaves_on_no_day() -> None:
    define("lately", {"did": "login", "in_last": "10 days"})
    refresh("lately")
    found = foretold("lately", days=1, now_after=5 * DAY)
    assert (names(found.due), found.count) == ({"bob"}, 0)


def test_what_was_said_for_a_later_day_is_said_by_then() -> None:
    later = pa.table({"id": ["ada"], "plan": ["free"]})
    load_customers(later, as_of=NOW + DAY / 2)
    define("pros", {"trait": "plan", "is": "pro"})
    refresh("pros")
    found = foretold("pros", days=2)
    assert [names(day.leavers) for day in found.days] == [{"ada"}, set()]


def test_those_added_by_hand_stay_and_a_list_loses_nobody() -> None:
    lately = define("lately", {"did": "login", "in_last": "10 days"})
    ListedMember.objects.create(segment=lately, kind=ListedMember.Kind.ADD, customer_id="bob")
    refresh("lately")
    assert foretold("lately", days=3).count == 0


def test_one_that_cannot_be_foretold_says_why() -> None:
    fresh = define("fresh", {"trait": "plan", "is": "pro"})
    with pytest.raises(NothingToForetell, match="never refreshed"):
        foretold("fresh")
    refresh("fresh")
    with pytest.raises(DefinitionError) as refused:
        leaving(fresh, now=NOW, days=3, seconds=0)
    assert refused.value.code == Code.TOO_EXPENSIVE
    Segment.objects.update(status=Status.ARCHIVED)
    with pytest.raises(NothingToForetell, match="archived"):
        foretold("fresh")


def test_names_are_for_those_only_who_may_see_people() -> None:
    define("lately", {"did": "login", "in_last": "10 days"})
    refresh("lately")
    found = foretold("lately", days=3)
    named = published.leavers(found, purpose=Purpose.COMMAND, viewer=None)
    assert list(named) == [("bob", NOW + 2 * DAY)]
    with pytest.raises(PermissionDenied):
        published.leavers(found, purpose=Purpose.PAGE, viewer=seat("reader", None))
