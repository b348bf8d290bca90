"""The ledger of measuring: one row for each pass over everybody."""

from __future__ import annotations

from django.db import models

from catalogue.models.run import RunState


class Measurement(models.Model):
    """One measuring of all metrics of all segments: one `now`, one photo. It follows a refresh, or
    was asked for by hand (`run` is null). Done once however often it is asked for."""

    run = models.OneToOneField(
        "RefreshRun", on_delete=models.CASCADE, null=True, related_name="measurement"
    )
    state = models.CharField(max_length=10, choices=RunState, default=RunState.QUEUED)
    # Keys asked for; empty = all that are not archived.
    keys = models.JSONField(default=list, blank=True)
    now = models.DateTimeField()
    photo = models.ForeignKey("Photo", on_delete=models.PROTECT, null=True, related_name="+")
    attempts = models.PositiveSmallIntegerField(default=0)
    fence = models.PositiveBigIntegerField(default=0)
    cancel_asked = models.BooleanField(default=False)
    progress_done = models.PositiveIntegerField(default=0)  # events read, then segments measured
    progress_total = models.PositiveIntegerField(default=0)
    rows_read = models.PositiveBigIntegerField(default=0)
    milliseconds = models.PositiveIntegerField(null=True)
    # Why a metric has no value for anybody, and segments that could not be read: {key: sentence}.
    faults = models.JSONField(default=dict, blank=True)
    error = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["state", "now"], name="measurement_state_now")]

    def __str__(self) -> str:
        return f"measurement {self.pk} {self.state}"
