"""Reviewing a segment: the answers, beside what was known, kept for good."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from catalogue.metrics.review_facts import review_facts
from catalogue.models import Review, Segment, Status, User, Workspace
from catalogue.permissions import Actor, label_of
from catalogue.segments.changes import record
from catalogue.segments.editing import lock
from catalogue.segments.refusals import SegmentRefused
from catalogue.segments.reviews import due_of
from catalogue.segments.rights import check_can_review

LONGEST_NOTE = 4_000


def complete_review(
    *,
    key: str,
    still_true: str,
    still_used: str,
    goal_holds: str,
    message_right: str,
    outcome: str,
    note: str = "",
    now: datetime,
    by: Actor,
    via: str,
) -> Review:
    """Keep the five answers, and what was known when they were given. The next review is due one
    cadence later. To change or to archive is what somebody does next: nothing of the segment is
    changed here. Raises SegmentRefused, PermissionDenied."""
    said = note.strip()
    if len(said) > LONGEST_NOTE:
        raise SegmentRefused(
            f"The note has {len(said):,} characters; at most {LONGEST_NOTE:,} are kept."
        )
    answers = {
        "still_true": still_true,
        "still_used": still_used,
        "goal_holds": goal_holds,
        "message_right": message_right,
        "outcome": outcome,
    }
    if outcome != "keep" and not said:
        raise SegmentRefused(f"Say why it is to {outcome}: whoever does that next reads it.")
    with transaction.atomic():
        segment = lock(key)
        check_can_review(by, segment)
        if segment.status != Status.LIVE:
            raise SegmentRefused(f"“{segment.name}” is not live, so there is nothing to review.")
        review = _keep(segment, answers, said, now, by)
        segment.reviewed_at = now
        segment.save(update_fields=["reviewed_at"])
        details = {"review": review.pk, "outcome": outcome}
        record("segment.reviewed", segment=segment, by=by, via=via, message=said, details=details)
    return review


def _keep(segment: Segment, answers: dict[str, str], note: str, now: datetime, by: Actor) -> Review:
    due_at = due_of(segment, Workspace.current().review_days)
    return Review.objects.create(
        segment=segment,
        definition=segment.definition,
        due_on=due_at.date() if due_at is not None else None,
        **answers,
        note=note,
        facts=review_facts(segment, now=now, viewer=by),
        reviewed_by=by if isinstance(by, User) else None,
        reviewer=label_of(by),
        done_at=now,
    )
