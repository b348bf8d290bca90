"""Who is told when a list cannot go on by itself, and when it has not been confirmed for too long.

One alert for each change of state, not for each run; what somebody has not seen yet is not told to
them a second time (`catalogue.notices`)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.urls import reverse

from catalogue.notices.telling import answer_for, notify, site_admins
from integrations.models import Audience, DriftReport, SyncState
from integrations.sync.newest import newest_of
from integrations.sync.wanted import wanted_audiences


def tell_of_end(before: Audience, state: SyncState, sentence: str) -> None:
    """Tell who answers for a segment that its sync waits for a person; in the transaction that ends
    the run, and only when it stopped otherwise than before. `before` is the list as it was when the
    run began."""
    if state in (SyncState.BRAKED, SyncState.STOPPED):
        _tell_owners(before, sentence)


def tell_of_switched_off(key: str, reason: str) -> None:
    """Tell the site admins that a tool refuses us, so nothing is sent there any more."""
    for user in site_admins():
        notify(
            user,
            reason=f"{key} refuses our credentials, and nothing is sent there until they are"
            f" renewed and checked: {reason}",
            link=reverse("tool", args=[key]),
        )


def tell_of_drift(audience: Audience, report: DriftReport) -> None:
    """Tell that a list differs which is not put right by itself."""
    if report.is_different and not audience.destination.heals_drift:
        _tell_owners(
            audience,
            f"{report.missing:,} people are missing and {report.extra:,} are left over, as read at"
            f" {_instant(report.as_of)}. This tool’s lists are put right when somebody asks.",
        )


def tell_of_late_lists(*, now: datetime) -> list[int]:
    """Tell of every list that was not confirmed for longer than its tool promises, even when
    nothing failed. Returns the ids of those lists."""
    audiences = list(wanted_audiences().audiences)
    confirmed = confirmations(audiences)
    late = [one for one in audiences if _is_late(one, confirmed.get(one.pk), now)]
    for audience in late:
        at = confirmed.get(audience.pk)
        since = f"since {_instant(at)}" if at else "since it was asked for"
        hours = timedelta(minutes=audience.destination.promised_minutes)
        _tell_owners(
            audience,
            f"The list has not been confirmed {since}; it is promised every {hours}. Nothing need"
            " have failed: look whether workers run, and whether the list is held up.",
        )
    return [audience.pk for audience in late]


def confirmations(audiences: Sequence[Audience]) -> dict[int, datetime]:
    """When each list was last proven to hold what it should: by a sync that was confirmed to the
    last member, or by a read-back that found no difference."""
    reports = newest_of(DriftReport, audiences)
    found: dict[int, datetime] = {}
    for audience in audiences:
        report = reports.get(audience.pk)
        seen = report.as_of if report and report.verifiable and not report.is_different else None
        instants = [at for at in (audience.confirmed_at, seen) if at is not None]
        if instants:
            found[audience.pk] = max(instants)
    return found


def _is_late(audience: Audience, confirmed_at: datetime | None, now: datetime) -> bool:
    if audience.paused_reason or audience.destination.off_reason:
        return False
    since = confirmed_at or audience.created_at
    return now - since > timedelta(minutes=audience.destination.promised_minutes)


def _tell_owners(audience: Audience, sentence: str) -> None:
    key = audience.segment_key
    for user, names in answer_for([key]).items():
        notify(
            user,
            reason=f"“{names[0]}” in {audience.destination.key}: {sentence}",
            link=reverse("segment-sync", args=[key]),
        )


def _instant(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
