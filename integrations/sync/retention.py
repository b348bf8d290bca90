"""What is kept of syncs for a time only."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Max, QuerySet

from catalogue.ports import Retained
from integrations.models import DriftReport, Receipt, SyncRun


def retained() -> Sequence[Retained]:
    """Syncs with their batches, read-backs, and receipts; the newest of each list stays."""
    kept = f"{settings.SYNC_DAYS} days"
    return (
        Retained(
            name="syncs",
            label="Syncs and their batches",
            kept=kept,
            count=lambda now: _old_runs(now).count(),
            delete=lambda now: _old_runs(now).delete()[0],
        ),
        Retained(
            name="read_backs",
            label="What lists in tools were read to hold",
            kept=kept,
            count=lambda now: _old_reports(now).count(),
            delete=lambda now: _old_reports(now).delete()[0],
        ),
        Retained(
            name="receipts",
            label="What tools that pull said they hold",
            kept=kept,
            count=lambda now: _old_receipts(now).count(),
            delete=lambda now: _old_receipts(now).delete()[0],
        ),
    )


def _old_runs(now: datetime) -> QuerySet[SyncRun]:
    newest = SyncRun.objects.values("audience").annotate(newest=Max("pk")).values("newest")
    rows = SyncRun.objects.filter(started_at__lt=now - timedelta(days=settings.SYNC_DAYS))
    return rows.exclude(pk__in=newest)


def _old_reports(now: datetime) -> QuerySet[DriftReport]:
    newest = DriftReport.objects.values("audience").annotate(newest=Max("pk")).values("newest")
    rows = DriftReport.objects.filter(as_of__lt=now - timedelta(days=settings.SYNC_DAYS))
    return rows.exclude(pk__in=newest)


def _old_receipts(now: datetime) -> QuerySet[Receipt]:
    by_tool = Receipt.objects.values("segment_key", "tool")
    newest = by_tool.annotate(newest=Max("pk")).values("newest")
    rows = Receipt.objects.filter(at__lt=now - timedelta(days=settings.SYNC_DAYS))
    return rows.exclude(pk__in=newest)
