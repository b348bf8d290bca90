"""What a run leaves behind: its state, and the audience's, in one transaction."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction

from integrations.models import Audience, SyncRun, SyncState
from integrations.sync.eligibility import audience_of
from integrations.sync.ledger import forget_rejections
from integrations.sync.work import Attempted, Work

# The timetable tries an unfinished sync again after 30 s, 1 min, 2 min, … at most an hour.
FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(hours=1)


def finish(work: Work, attempted: Attempted) -> None:
    """Close the run. LeaseLost if the audience is another worker's by now."""
    now = work.clock()
    with transaction.atomic():
        work.hold.write(**_audience_fields(work, attempted))
        SyncRun.objects.filter(pk=work.run.pk).update(
            state=attempted.state, sentence=attempted.sentence, finished_at=now
        )
        if attempted.state is SyncState.SUCCEEDED:
            audience = Audience.objects.get(pk=work.audience.pk)
            in_question = audience_of(work.version).ordinals ^ audience.acknowledged_members()
            forget_rejections(hold=work.hold, outside=in_question)


def _audience_fields(work: Work, attempted: Attempted) -> dict[str, object]:
    fields: dict[str, object] = {"stopped_reason": "", "not_before": None, "retry_at": None}
    fields["failures"] = 0
    if attempted.state is SyncState.INCOMPLETE:
        failures = min(work.audience.failures + 1, 20)
        fields["failures"] = failures
        fields["retry_at"] = work.clock() + min(FIRST_PAUSE * 2 ** (failures - 1), LONGEST_PAUSE)
    return fields | attempted.fields
