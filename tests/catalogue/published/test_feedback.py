"""Feedback from the front: by those who see people, of members alone; the newest of each counts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied

from catalogue.metrics.precision import precision_of
from catalogue.metrics.reviewing import complete_review
from catalogue.models import Change, Customer, Feedback, Role, Segment, Workspace
from catalogue.published.feedback import give_feedback, newest_feedback
from catalogue.segments.refusals import SegmentRefused
from tests.catalogue.segments.ground import live_segment, seat
from tests.catalogue.workspace import refresh

pytestmark = [pytest.mark.django_db]
AT = datetime(2026, 11, 10, 9, tzinfo=UTC)


def counted() -> Segment:
    """ada and cleo, who are on pro."""
    live_segment()
    refresh("pros")
    return Segment.objects.get(key="pros")


def say(member: str, reason: str = "", *, days: int = 0, **more: str) -> Feedback:
    return give_feedback(
        key="pros",
        member=member,
        fits=not reason,
        reason=reason,
        now=AT + timedelta(days=days),
        by=more.pop("by", None),  # type: ignore[arg-type]
        **more,
    )


def test_precision_counts_each_member_once_by_their_newest_judgement() -> None:
    segment = counted()
    Workspace.objects.create(pk=1, fewest_people=2)
    say("ada", "wrong_data")
    say("ada", days=1)
    say("cleo", "wrong_time", days=2)
    found = precision_of(segment)
    assert (found.whole.value, found.whole.n) == (0.5, 2)
    assert [(one.code, one.count) for one in found.reasons] == [("wrong_time", 1)]
    interval = found.whole.interval
    assert interval is not None
    assert 0.09 < interval.low < 0.1
    assert 0.9 < interval.high < 0.91


def test_each_month_has_its_own_precision() -> None:
    segment = counted()
    Workspace.objects.create(pk=1, fewest_people=1)
    say("ada", "wrong_data")
    say("ada", days=30)
    say("cleo", days=30)
    months = precision_of(segment).months
    assert [(one.month, one.precision.value, one.precision.n) for one in months] == [
        ("2026-11", 0.0, 1),
        ("2026-12", 1.0, 2),
    ]


def test_few_judgements_are_counted_and_not_shown() -> None:
    segment = counted()
    say("ada", "wrong_data")
    whole = precision_of(segment).whole
    assert (whole.value, whole.n) == (None, 1)
    assert "fewer than 10" in whole.reason


def test_only_members_are_judged_and_the_deleted_are_none() -> None:
    counted()
    for member in ("bob", "nobody"):
        with pytest.raises(SegmentRefused, match=f"no customer “{member}”"):
            say(member)
    Customer.objects.filter(external_id="ada").update(deleted_at=AT)
    with pytest.raises(SegmentRefused, match="no customer “ada”"):
        say("ada")
    assert not Feedback.objects.exists()


@pytest.mark.parametrize(
    ("fits", "reason", "note", "sentence"),
    [
        (False, "", "", "Say why they do not fit"),
        (False, "dislikes", "", "Say why they do not fit"),
        (True, "wrong_data", "", "needs no reason"),
        (False, "other", " ", "what else it is"),
        (False, "wrong_data", "x" * 1_001, "at most 1,000"),
    ],
)
def test_a_judgement_without_its_reason_is_refused(
    fits: bool, reason: str, note: str, sentence: str
) -> None:
    counted()
    with pytest.raises(SegmentRefused, match=sentence):
        give_feedback(
            key="pros", member="ada", fits=fits, reason=reason, note=note, now=AT, by=None
        )
    assert not Feedback.objects.exists()


def test_who_may_not_see_people_says_and_reads_nothing_of_them() -> None:
    segment = counted()
    editor, seer = seat("ed", Role.EDITOR), seat("seer", Role.VIEWER, sees=True)
    before = Change.objects.count()
    give_feedback(
        key="pros", member="ada", fits=False, reason="other", note="Left.", now=AT, by=seer
    )
    (said,) = newest_feedback(segment, "ada", viewer=seer)
    assert (said.who, said.note) == ("Seer", "Left.")
    for act in (
        lambda: give_feedback(key="pros", member="ada", fits=True, now=AT, by=editor),
        lambda: newest_feedback(segment, "ada", viewer=editor),
    ):
        with pytest.raises(PermissionDenied):
            act()
    # The log of changes is read by everybody, and names no customer.
    assert Change.objects.count() == before


def test_the_top_reasons_stand_in_the_next_review() -> None:
    counted()
    say("ada", "wrong_data")
    review = complete_review(
        key="pros",
        **dict.fromkeys(("still_true", "still_used", "goal_holds", "message_right"), "yes"),
        outcome="keep",
        now=AT + timedelta(days=1),
        by=None,
        via="web",
    )
    assert "What we know of them is wrong: said of 1." in review.facts["still_true"]
