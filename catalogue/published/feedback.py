"""What those who talk to customers say of a member: they fit, or they do not, and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from catalogue.models import Feedback, MembershipVersion, Misfit, Segment, User
from catalogue.permissions import Actor, check_can_see_people, label_of
from catalogue.published.people import Purpose, people
from catalogue.published.versions import published_version
from catalogue.segments.editing import lock
from catalogue.segments.refusals import SegmentRefused
from catalogue.warehouse.ordinals import ordinals_of

LONGEST_NOTE = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """The newest judgement of one member."""

    fits: bool
    reason: str
    note: str
    who: str
    at: datetime


def give_feedback(
    *,
    key: str,
    member: str,
    fits: bool,
    reason: str = "",
    note: str = "",
    now: datetime,
    by: Actor,
) -> Feedback:
    """Say of a member of the newest version, by the id of the customer or account, that they fit,
    or for which reason they do not. What was said before stays; the newest counts. It is not in the
    log of changes, which names no customer: the rows are their own log.

    Raises SegmentRefused when they are no member, or it lacks a reason, PermissionDenied when `by`
    may not see people, DamagedVersion."""
    said = note.strip()
    _check(fits=fits, reason=reason, note=said)
    with transaction.atomic():
        segment = lock(key)
        check_can_see_people(by, segment)
        version, ordinal = member_of(segment, member, viewer=by)
        return Feedback.objects.create(
            segment=segment,
            subject=version.subject,
            ordinal=ordinal,
            membership=version,
            fits=fits,
            reason=reason,
            note=said,
            said_by=by if isinstance(by, User) else None,
            who=label_of(by),
            at=now,
        )


def _check(*, fits: bool, reason: str, note: str) -> None:
    if fits and reason:
        raise SegmentRefused("Whoever fits needs no reason. Leave it out, or say that they do not.")
    if not fits and reason not in Misfit.values:
        raise SegmentRefused(f"Say why they do not fit: one of {', '.join(Misfit.values)}.")
    if reason == Misfit.OTHER and not note:
        raise SegmentRefused("Say in a few words what else it is.")
    if len(note) > LONGEST_NOTE:
        raise SegmentRefused(
            f"The note has {len(note):,} characters; at most {LONGEST_NOTE:,} are kept."
        )


def member_of(segment: Segment, member: str, *, viewer: Actor) -> tuple[MembershipVersion, int]:
    """The newest version of a segment, and the ordinal of a member of it by their id. Raises
    SegmentRefused when there is no such member, PermissionDenied, DamagedVersion."""
    version = segment.membership
    published = published_version(version)
    if version is None or published is None:
        raise SegmentRefused(f"“{segment.name}” was never counted, so nobody belongs to it yet.")
    audience = people(published, purpose=Purpose.PAGE, viewer=viewer)
    found = ordinals_of([member], version.subject)[0] & audience.ordinals
    if not found:
        raise SegmentRefused(
            f"There is no {version.subject} “{member[:80]}” in “{segment.name}” as it was counted"
            " last."
        )
    return version, found[0]


def newest_feedback(segment: Segment, member: str, *, viewer: Actor) -> list[Said]:
    """What was said of one member, the newest first. Raises as `member_of` does."""
    _, ordinal = member_of(segment, member, viewer=viewer)
    rows = Feedback.objects.filter(segment=segment, ordinal=ordinal).order_by("-pk")
    return [
        Said(
            fits=row.fits,
            reason=row.get_reason_display() if row.reason else "",
            note=row.note,
            who=row.who,
            at=row.at,
        )
        for row in rows
    ]
