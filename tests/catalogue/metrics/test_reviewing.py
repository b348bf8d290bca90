"""A review keeps what was answered and what was known, and says when the next one is due."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.utils import timezone

from catalogue.metrics.reviewing import complete_review
from catalogue.models import Change, Notice, Review, Segment, Workspace
from catalogue.segments.queries.attention import needs_of
from catalogue.segments.queries.reviews import due_reviews
from catalogue.segments.refusals import SegmentRefused
from catalogue.segments.review_notices import tell_of_due_reviews
from tests.catalogue.segments.ground import draft_segment, live_segment, seat

pytestmark = [pytest.mark.django_db]
YES: dict[str, Any] = {
    **dict.fromkeys(("still_true", "still_used", "goal_holds", "message_right"), "yes"),
    "outcome": "keep",
}


def state(days: int) -> str:
    """How the review stands in so many days."""
    (one,) = due_reviews(None, now=timezone.now() + timedelta(days=days))
    return one.state


def test_the_workspace_asks_as_often_as_it_says_and_a_segment_as_often_as_it_says() -> None:
    live_segment()
    assert [state(days) for days in (0, 80, 91)] == ["later", "due", "overdue"]
    Workspace.objects.create(pk=1, review_days=30)
    assert state(31) == "overdue"
    Segment.objects.update(review={"every": "1 year"})
    assert state(31) == "later"


def test_a_review_puts_the_next_one_off_by_a_cadence() -> None:
    live_segment()
    done_at = timezone.now() + timedelta(days=100)
    review = complete_review(key="pros", **YES, now=done_at, by=None, via="web")
    assert (done_at.date() - review.due_on).days == 10
    assert [state(days) for days in (101, 191)] == ["later", "overdue"]


def test_what_was_known_is_kept_with_the_answers() -> None:
    live_segment(messages={"sales": "Hello."})
    review = complete_review(key="pros", **YES, now=timezone.now(), by=None, via="web")
    stored = Review.objects.get()
    assert stored.facts == review.facts
    assert "Nothing supports its why." in stored.facts["still_true"]
    assert "No segment is built on it, no tool holds it." in stored.facts["still_used"]
    assert "Marketing has no message." in stored.facts["message_right"]
    assert Change.objects.order_by("-pk")[0].details["outcome"] == "keep"


def test_whoever_wants_a_change_says_why() -> None:
    live_segment()
    for outcome in ("change", "archive"):
        with pytest.raises(SegmentRefused, match="Say why"):
            complete_review(
                key="pros", **{**YES, "outcome": outcome}, now=timezone.now(), by=None, via="web"
            )
    assert not Review.objects.exists()


def test_the_named_reviewer_may_and_a_stranger_may_not() -> None:
    live_segment(review={"every": "90 days", "reviewer": "rita@fieldnote.example"})
    rita, other = seat("rita", None), seat("other", None)
    with pytest.raises(PermissionDenied):
        complete_review(key="pros", **YES, now=timezone.now(), by=other, via="web")
    late = timezone.now() + timedelta(days=91)
    assert [need.kind for need in needs_of(rita, now=late)] == ["review overdue"]
    complete_review(key="pros", **YES, now=late, by=rita, via="web")
    assert needs_of(rita, now=late) == []


def test_a_draft_is_not_reviewed() -> None:
    draft_segment()
    with pytest.raises(SegmentRefused, match="not live"):
        complete_review(key="pros", **YES, now=timezone.now(), by=None, via="web")
    assert due_reviews(None, now=timezone.now()) == []


def test_whom_a_review_asks_is_told_once_when_it_falls_due() -> None:
    live_segment(review={"every": "90 days", "reviewer": "rita@fieldnote.example"})
    rita = seat("rita", None)
    late = timezone.now() + timedelta(days=91)
    assert tell_of_due_reviews(now=timezone.now()) == 0
    assert [tell_of_due_reviews(now=late) for _ in range(2)] == [1, 0]
    notice = Notice.objects.get()
    assert (notice.user, notice.link) == (rita, "/segments/pros/review/")
    Notice.objects.update(seen_at=late)
    assert tell_of_due_reviews(now=late) == 0


def test_the_command_lists_what_is_overdue(capsys: pytest.CaptureFixture[str]) -> None:
    live_segment()
    call_command("segments", "reviews")
    assert capsys.readouterr().out.startswith("later ")
    call_command("segments", "reviews", "--overdue")
    assert capsys.readouterr().out == ""
    Segment.objects.update(reviewed_at=timezone.now() - timedelta(days=91))
    with pytest.raises(SystemExit):
        call_command("segments", "reviews", "--overdue")
    assert "pros, asked of mia@fieldnote.example" in capsys.readouterr().out
