"""The ledger of work: runs, and the leases that keep two workers apart."""

from __future__ import annotations

from django.db import models


class Lease(models.Model):
    """Who may do a thing now. Taken by one conditional UPDATE; `fence` goes up each time, and a
    write that carries an older fence is refused. Times are the database's."""

    name = models.CharField(max_length=200, unique=True)
    holder = models.CharField(max_length=200, blank=True)
    fence = models.PositiveBigIntegerField(default=0)
    expires_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.name} #{self.fence}"


class RunState(models.TextChoices):
    """Where a run is. Only queued and running ones may change."""

    QUEUED = "queued", "Queued"
    RUNNING = "running", "Running"
    SUCCEEDED = "succeeded", "Succeeded"
    FAILED = "failed", "Failed"
    CANCELLED = "cancelled", "Cancelled"


class RefreshRun(models.Model):
    """One refresh of some or all segments: one `now`, one photo."""

    state = models.CharField(max_length=10, choices=RunState, default=RunState.QUEUED)
    # Keys asked for; empty = all that are not archived.
    keys = models.JSONField(default=list, blank=True)
    # A slot of the timetable is run once however often it is asked for.
    slot = models.CharField(max_length=200, null=True, unique=True)  # noqa: DJ001
    now = models.DateTimeField(null=True)
    photo = models.ForeignKey("Photo", on_delete=models.PROTECT, null=True, related_name="+")
    attempts = models.PositiveSmallIntegerField(default=0)
    fence = models.PositiveBigIntegerField(default=0)
    cancel_asked = models.BooleanField(default=False)
    progress_done = models.PositiveIntegerField(default=0)  # scans
    progress_total = models.PositiveIntegerField(default=0)
    rows_read = models.PositiveBigIntegerField(default=0)
    milliseconds = models.PositiveIntegerField(null=True)
    error = models.TextField(blank=True)
    # Per segment: {"key", "milliseconds", "size", "entered", "left", "version", "error"}.
    results = models.JSONField(default=list, blank=True)
    # Per scan: {"kind", "names", "subject", "conditions", "rows", "bytes" (null: not known),
    # "milliseconds", "update", "error"}.
    scans = models.JSONField(default=list, blank=True)
    # Judged a second time, from nothing remembered: {"segments", "different", "milliseconds"}.
    check_result = models.JSONField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "refresh"
        verbose_name_plural = "refreshes"

    def __str__(self) -> str:
        return f"refresh {self.pk} {self.state}"
