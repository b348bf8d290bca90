from __future__ import annotations

from datetime import timedelta

import pytest

from catalogue.models import Change, Segment, Status, User, Via
from catalogue.segments.changes import record
from catalogue.segments.queries.visit import SHOWN, since_last_visit
from tests.catalogue.web.workspace import NOW, make_segment, make_user

pytestmark = pytest.mark.django_db


def act(by: User | None, key: str, *, days_ago: float, kind: str = "segment.edited") -> Change:
    segment = Segment.objects.get(key=key)
    change = record(kind, by=by, via=Via.WEB, segment=segment)
    Change.objects.filter(pk=change.pk).update(at=NOW - timedelta(days=days_ago))
    return change


def test_what_others_did_since_then_the_newest_first() -> None:
    mia, tom = make_user("mia"), make_user("tom")
    make_segment("paying")
    act(tom, "paying", days_ago=3)
    newer = act(tom, "paying", days_ago=1)
    newest = act(None, "paying", days_ago=0.5)
    act(mia, "paying", days_ago=0.2)
    mia.seen_changes_at = NOW - timedelta(days=2)

    visit = since_last_visit(mia, now=NOW)

    assert [act.id for act in visit.acts] == [newest.pk, newer.pk]
    assert visit.since == NOW - timedelta(days=2)


def test_the_first_visit_shows_a_week() -> None:
    mia, tom = make_user("mia"), make_user("tom")
    make_segment("paying")
    act(tom, "paying", days_ago=8)
    within = act(tom, "paying", days_ago=6)

    visit = since_last_visit(mia, now=NOW)

    assert visit.since is None
    assert [act.id for act in visit.acts] == [within.pk]


def test_what_is_left_out_is_counted() -> None:
    mia, tom = make_user("mia"), make_user("tom")
    make_segment("paying")
    for _ in range(SHOWN + 3):
        act(tom, "paying", days_ago=1)

    visit = since_last_visit(mia, now=NOW)

    assert (len(visit.acts), visit.more) == (SHOWN, 3)


def test_acts_on_a_draft_private_to_another_team_are_not_told() -> None:
    mia, tom = make_user("mia"), make_user("tom")
    make_segment("secret", is_private=True, status=Status.DRAFT)
    act(tom, "secret", days_ago=1)

    assert since_last_visit(mia, now=NOW).acts == ()
