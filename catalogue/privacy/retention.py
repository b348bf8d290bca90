"""What is deleted when, and the proof that it was. Membership versions stay for ever: they hold no
person, only numbers that erasure clears."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db.models import QuerySet

from catalogue.models import Export, GoalSplit, KeptAnswer, Load, Notice, RefreshRun, RunState, Via
from catalogue.ports import Retained, retained_elsewhere
from catalogue.segments.changes import record
from catalogue.warehouse import leases

ENDED = (RunState.SUCCEEDED, RunState.FAILED, RunState.CANCELLED)
ANSWERS_KEPT = timedelta(hours=24)
LEASE, EVERY = "retention", timedelta(hours=1)
AT_ONCE = 500

Old = Callable[[datetime], "QuerySet[Any]"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """How a kind stands: `over` are older than its limit, `deleted` went just now."""

    name: str
    label: str
    kept: str
    over: int
    deleted: int = 0


def schedule() -> list[Retained]:
    """Everything that is deleted by its age, with its limit."""
    days = settings.RUNS_KEPT_DAYS
    runs_kept = f"{days} days"
    return [
        _rows("answers", "Kept answers of the API (Idempotency-Key)", "24 hours", _old_answers),
        Retained(
            name="export_files",
            label="Files of members",
            kept=f"{settings.EXPORT_KEPT_HOURS} hours",
            count=lambda now: _old_files(now).count(),
            delete=_delete_files,
        ),
        Retained(
            name="refused_rows",
            label="Rows that loads refused",
            kept=f"{settings.REFUSED_ROWS_KEPT_DAYS} days",
            count=lambda now: _old_refusals(now).count(),
            delete=lambda now: _old_refusals(now).update(refused=[]),
        ),
        _rows("exports", "Exports without a file", runs_kept, _old_exports),
        _rows("refreshes", "Refreshes that published nothing", runs_kept, _old_refreshes),
        _rows("notices", "Notices that were seen", runs_kept, _old_notices),
        _rows("sessions", "Sessions that are over", "two weeks", _old_sessions),
        *retained_elsewhere(),
    ]


def delete_by_schedule(*, now: datetime) -> list[Kept]:
    """Delete whatever is over its limit, and say what came of it. What was deleted is written to
    the log of changes, as counts."""
    found = [
        Kept(
            name=one.name,
            label=one.label,
            kept=one.kept,
            deleted=one.delete(now),
            over=one.count(now),
        )
        for one in schedule()
    ]
    counts = {one.name: one.deleted for one in found if one.deleted}
    if counts:
        record(
            "retention.deleted",
            by=None,
            via=Via.SYSTEM,
            object_type="retention",
            object_key="retention",
            details={"deleted": counts},
        )
    return found


def look_by_schedule(*, now: datetime) -> list[Kept]:
    """How many rows of each kind are over their limit, by more than the hour that the timetable may
    take; none, unless nobody deletes."""
    return [
        Kept(name=one.name, label=one.label, kept=one.kept, over=one.count(now - EVERY))
        for one in schedule()
    ]


def is_due() -> bool:
    """Whether an hour is over since it was true last: who asks then is to see to it."""
    seconds = EVERY.total_seconds()
    return leases.take(LEASE, leases.this_process(), seconds) is not None


def _rows(name: str, label: str, kept: str, old: Old) -> Retained:
    return Retained(
        name=name,
        label=label,
        kept=kept,
        count=lambda now: old(now).count(),
        delete=lambda now: _delete(old(now)),
    )


def _delete(rows: QuerySet[Any]) -> int:
    count = 0
    while some := list(rows.values_list("pk", flat=True)[:AT_ONCE]):
        rows.model._default_manager.filter(pk__in=some).delete()
        count += len(some)
    return count


def _old_answers(now: datetime) -> QuerySet[KeptAnswer]:
    return KeptAnswer.objects.filter(started_at__lt=now - ANSWERS_KEPT)


def _old_files(now: datetime) -> QuerySet[Export]:
    return Export.objects.filter(expires_at__lte=now).exclude(path="")


def _delete_files(now: datetime) -> int:
    count = 0
    for export in _old_files(now):
        (Path(settings.DATA_DIR) / "exports" / export.path).unlink(missing_ok=True)
        count += Export.objects.filter(pk=export.pk).update(path="")
    return count


def _old_refusals(now: datetime) -> QuerySet[Load]:
    limit = now - timedelta(days=settings.REFUSED_ROWS_KEPT_DAYS)
    return Load.objects.filter(created_at__lt=limit).exclude(refused=[])


def _old_exports(now: datetime) -> QuerySet[Export]:
    return Export.objects.filter(path="", state__in=ENDED, created_at__lt=_limit(now))


def _old_refreshes(now: datetime) -> QuerySet[RefreshRun]:
    """Those that nothing rests on: no version, goal or measuring."""
    rows = RefreshRun.objects.filter(state__in=ENDED, created_at__lt=_limit(now))
    unused = rows.filter(memberships=None, measurement=None)
    return unused.exclude(pk__in=GoalSplit.objects.values("run"))


def _old_notices(now: datetime) -> QuerySet[Notice]:
    return Notice.objects.filter(seen_at__lt=_limit(now))


def _old_sessions(now: datetime) -> QuerySet[Session]:
    return Session.objects.filter(expire_date__lt=now)


def _limit(now: datetime) -> datetime:
    return now - timedelta(days=settings.RUNS_KEPT_DAYS)
