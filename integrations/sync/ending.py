"""What a run leaves behind: its state, and the audience's, in one transaction."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from integrations.models import Audience, Destination, SyncRun, SyncState
from integrations.sync.alerting import tell_of_end
from integrations.sync.ledger import forget_rejections
from integrations.sync.targets import target_of
from integrations.sync.work import Attempted, Work

# The timetable tries an unfinished sync again after 30 s, 1 min, 2 min, … at most an hour.
FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(hours=1)
# After so many syncs in a row that a tool did not answer, whatever the list, it is let rest: for a
# minute, two, four … at most half an hour. The first sync after that is the trial.
MOST_FAILURES = 5
FIRST_REST = timedelta(minutes=1)
LONGEST_REST = timedelta(minutes=30)


def finish(work: Work, attempted: Attempted) -> None:
    """Close the run. LeaseLost if the audience is another worker's by now."""
    now = work.clock()
    with transaction.atomic():
        work.hold.write(**_audience_fields(work, attempted))
        SyncRun.objects.filter(pk=work.run.pk).update(
            state=attempted.state,
            sentence=attempted.sentence,
            finished_at=now,
            **work.requests.fields(),
        )
        _note_on_tool(work, attempted, now)
        if _is_news(work, attempted):
            tell_of_end(work.audience, attempted.state, attempted.sentence)
        if attempted.state is SyncState.SUCCEEDED:
            audience = Audience.objects.select_related("destination").get(pk=work.audience.pk)
            wanted = target_of(audience, work.version, now=now).ordinals
            in_question = wanted ^ audience.acknowledged_members()
            forget_rejections(hold=work.hold, outside=in_question)


def _is_news(work: Work, attempted: Attempted) -> bool:
    """Whether the run stopped otherwise than the one before."""
    if attempted.state is SyncState.BRAKED:
        return work.audience.braked_at_version != work.version.membership_version
    return attempted.fields.get("stopped_reason", "") != work.audience.stopped_reason


def _audience_fields(work: Work, attempted: Attempted) -> dict[str, object]:
    fields: dict[str, object] = {"stopped_reason": "", "not_before": None, "retry_at": None}
    fields["failures"] = 0
    if attempted.state is SyncState.INCOMPLETE:
        failures = min(work.audience.failures + 1, 20)
        fields["failures"] = failures
        fields["retry_at"] = work.clock() + min(FIRST_PAUSE * 2 ** (failures - 1), LONGEST_PAUSE)
    return fields | attempted.fields


def _note_on_tool(work: Work, attempted: Attempted, now: datetime) -> None:
    """What the run says about the tool as a whole: until when it wants to be left alone, and
    whether it answers at all."""
    tool = Destination.objects.filter(pk=work.audience.destination_id)
    until = attempted.fields.get("not_before")
    if until is not None:
        tool.update(not_before=until)
    run = SyncRun.objects.get(pk=work.run.pk)
    if attempted.state is SyncState.SUCCEEDED or run.added or run.removed or run.rejected:
        tool.exclude(failures=0).update(failures=0, resting_until=None)
    elif attempted.state is SyncState.INCOMPLETE and until is None:
        failures = min(tool.values_list("failures", flat=True).get() + 1, 30)
        rest = LONGEST_REST if failures > 15 else FIRST_REST * 2 ** (failures - MOST_FAILURES)
        resting = now + min(rest, LONGEST_REST) if failures >= MOST_FAILURES else None
        tool.update(failures=failures, resting_until=resting)
