"""What the catalogue's list of runs may know of syncs: the same few queries whatever it shows."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.db.models import CharField, Exists, F, OuterRef, QuerySet, Value
from django.db.models.functions import Now

from catalogue.ports import SyncLine, SyncsAsked
from integrations.models import Audience, Destination, SyncRun, SyncState

HEAVY = ("audience__acknowledged", "audience__uncertain", "audience__sent")
LOST = (
    "Nobody works on it any more: the worker that had it was lost. The next sync begins with what"
    " is left."
)


class Syncs:
    """Answers `catalogue.ports.SyncRuns`."""

    def moments(self, asked: SyncsAsked) -> QuerySet[Any, tuple[str, datetime, int]]:
        """See the port."""
        wanted = {
            "audience__segment_key": asked.segment,
            "audience__destination__key": asked.tool,
            "state": asked.state,
            "started_at__gte": asked.since,
        }
        runs = SyncRun.objects.filter(**{name: value for name, value in wanted.items() if value})
        if asked.without:
            runs = runs.exclude(audience__segment_key__in=sorted(asked.without))
        moments = runs.annotate(kind=Value("sync", CharField()), at=F("started_at"))
        return moments.values_list("kind", "at", "id")

    def lines(self, ids: Collection[int]) -> Mapping[int, SyncLine]:
        """See the port."""
        held = Audience.objects.filter(
            pk=OuterRef("audience"), fence=OuterRef("fence"), lease_expires_at__gt=Now()
        )
        runs = SyncRun.objects.filter(pk__in=ids).annotate(is_held=Exists(held))
        rows = runs.select_related("audience__destination").defer(*HEAVY)
        return {run.pk: _line(run, is_held=run.is_held) for run in rows}

    def tools(self) -> Collection[str]:
        """See the port."""
        return list(Destination.objects.order_by("key").values_list("key", flat=True))


def _line(run: SyncRun, *, is_held: bool) -> SyncLine:
    is_stuck = run.state == SyncState.RUNNING and not is_held
    return SyncLine(
        id=run.pk,
        segment=run.audience.segment_key,
        tool=run.audience.destination.key,
        state=run.state,
        actor=run.actor,
        to_version=run.to_version,
        planned=run.to_add + run.to_remove,
        done=run.added + run.removed,
        added=run.added,
        removed=run.removed,
        rejected=run.rejected,
        started_at=run.started_at,
        finished_at=run.finished_at,
        sentence=LOST if is_stuck else run.sentence,
        is_stuck=is_stuck,
    )
