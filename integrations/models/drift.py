"""What a list really held, compared with what its tool had confirmed."""

from __future__ import annotations

from django.db import models

from integrations.models.audience import Audience


class DriftReport(models.Model):
    """missing: confirmed, but not there. extra: there, ours, but confirmed gone or never confirmed.
    foreign: there, and never sent by us; left alone.

    `evidence` holds a few ordinals of the first two and masked ids of the third.
    """

    audience = models.ForeignKey(Audience, on_delete=models.CASCADE, related_name="drift_reports")
    version = models.PositiveIntegerField(null=True)  # the membership version confirmed by then
    as_of = models.DateTimeField()
    verifiable = models.BooleanField(default=True)
    # The tool says how many it holds (`held`), and not whom.
    count_only = models.BooleanField(default=False)
    held = models.PositiveIntegerField(default=0)
    expected = models.PositiveIntegerField(default=0)
    missing = models.PositiveIntegerField(default=0)
    extra = models.PositiveIntegerField(default=0)
    foreign = models.PositiveIntegerField(default=0)
    evidence = models.JSONField(default=dict)
    note = models.TextField(blank=True)

    class Meta:
        indexes = [models.Index(fields=["audience", "as_of"], name="drift_audience_as_of")]

    def __str__(self) -> str:
        return f"drift: {self.missing} missing, {self.extra} extra, {self.foreign} foreign"

    @property
    def is_different(self) -> bool:
        """Whether the tool and we disagree about anybody that is ours."""
        return bool(self.missing or self.extra)
