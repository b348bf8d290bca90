"""One run of a sync: from the members a list had to those it should have."""

from __future__ import annotations

from django.db import models

from integrations.models.audience import Audience


class SyncState(models.TextChoices):
    """Where a run ended. Only `running` ones may change."""

    RUNNING = "running", "Running"
    SUCCEEDED = "succeeded", "In step"
    INCOMPLETE = "incomplete", "Not finished; the rest is sent with the next sync"
    BRAKED = "braked", "Stopped by the brake; waits for approval"
    STOPPED = "stopped", "Stopped; waits for a person"
    FAILED = "failed", "Failed"


class SyncRun(models.Model):
    """Counts are of members: planned, then confirmed by the tool."""

    audience = models.ForeignKey(Audience, on_delete=models.CASCADE, related_name="runs")
    state = models.CharField(max_length=10, choices=SyncState, default=SyncState.RUNNING)
    actor = models.CharField(max_length=200)  # a login, or "scheduler"
    fence = models.PositiveBigIntegerField()
    from_version = models.PositiveIntegerField(null=True)
    to_version = models.PositiveIntegerField()
    to_add = models.PositiveIntegerField(default=0)
    to_remove = models.PositiveIntegerField(default=0)
    added = models.PositiveIntegerField(default=0)
    removed = models.PositiveIntegerField(default=0)
    rejected = models.PositiveIntegerField(default=0)
    unknown = models.PositiveIntegerField(default=0)
    # How many are left at each step: members, consented, with an identifier, accepted.
    waterfall = models.JSONField(default=dict)
    # {"POST 200": count} of everything that was asked of the tool, and how long it took in all.
    requests = models.JSONField(default=dict)
    requests_ms = models.PositiveBigIntegerField(default=0)
    cancel_asked = models.BooleanField(default=False)  # looked at before each batch
    sentence = models.TextField(blank=True)  # what a person should know about the end
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "sync"
        indexes = [models.Index(fields=["audience", "started_at"], name="sync_run_audience_start")]

    def __str__(self) -> str:
        return f"sync {self.pk} {self.state}"
