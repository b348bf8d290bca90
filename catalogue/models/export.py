"""Members as a file, made by a worker and kept for a while."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from catalogue.models.run import RunState


class ExportFormat(models.TextChoices):
    """How the file is written."""

    CSV = "csv", "CSV"
    JSONL = "jsonl", "JSON Lines"


class Export(models.Model):
    """One file of the members of one membership version. `path` is relative to DATA_DIR/exports
    and empty until it is written and after it is deleted."""

    membership = models.ForeignKey(
        "MembershipVersion", on_delete=models.CASCADE, related_name="exports"
    )
    format = models.CharField(max_length=5, choices=ExportFormat, default=ExportFormat.CSV)
    traits = models.JSONField(default=list, blank=True)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="exports"
    )
    state = models.CharField(max_length=10, choices=RunState, default=RunState.QUEUED)
    cancel_asked = models.BooleanField(default=False)
    rows_total = models.PositiveIntegerField(default=0)
    rows_done = models.PositiveIntegerField(default=0)
    path = models.CharField(max_length=300, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)  # of the file
    error = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"export {self.pk} {self.state}"
