"""The ledger of what was sent: one row per request, written before it and settled after it."""

from __future__ import annotations

from django.db import models

from integrations.models.sync import SyncRun


class BatchState(models.TextChoices):
    """A batch still `claimed` when its run has ended was in flight when the worker died."""

    CLAIMED = "claimed", "Sent, or about to be"
    SETTLED = "settled", "Answered"


class SyncBatch(models.Model):
    """`members` is a Roaring bitmap of customer ordinals."""

    run = models.ForeignKey(SyncRun, on_delete=models.CASCADE, related_name="batches")
    number = models.PositiveIntegerField()
    operation = models.CharField(max_length=6, choices=[("add", "Add"), ("remove", "Remove")])
    state = models.CharField(max_length=7, choices=BatchState, default=BatchState.CLAIMED)
    members = models.BinaryField()
    count = models.PositiveIntegerField()
    accepted = models.PositiveIntegerField(default=0)
    rejected = models.PositiveIntegerField(default=0)
    unknown = models.PositiveIntegerField(default=0)
    postponed = models.PositiveIntegerField(default=0)
    error = models.TextField(blank=True)
    claimed_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "batch"
        verbose_name_plural = "batches"
        constraints = [
            models.UniqueConstraint(fields=["run", "number"], name="sync_batch_number_unique"),
        ]

    def __str__(self) -> str:
        return f"batch {self.run_id}.{self.number} {self.operation} {self.count}"
