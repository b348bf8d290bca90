"""What the linter found when it last looked."""

from django.db import models


class Health(models.Model):
    """The findings about one segment, replaced by the next look. `score`: 100 less the weights of
    the findings, at least 0."""

    segment = models.OneToOneField("Segment", on_delete=models.CASCADE, related_name="health")
    score = models.PositiveSmallIntegerField()
    findings = models.JSONField(default=list)  # [{"code", "sentence", "fix", "weight"}]
    looked_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "health"

    def __str__(self) -> str:
        return f"{self.segment_id}: {self.score}"


class Coverage(models.Model):
    """How the live segments lie over everybody: one row, replaced by the next look."""

    figures = models.JSONField(default=dict)  # as `lint.coverage.Covered` says it
    looked_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "coverage"
        constraints = [
            models.CheckConstraint(condition=models.Q(pk=1), name="coverage_is_one_row"),
        ]

    def __str__(self) -> str:
        return f"coverage as of {self.looked_at:%Y-%m-%d %H:%M}"
