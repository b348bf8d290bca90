"""What a segment's why rests on."""

from django.db import models


class Evidence(models.Model):
    """One piece of research: an interview, a survey, an analysis."""

    segment = models.ForeignKey("Segment", on_delete=models.CASCADE, related_name="evidence")
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=40)
    source = models.CharField(max_length=500)
    n = models.PositiveIntegerField(null=True, blank=True)
    on = models.DateField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "evidence"
        ordering = ["position"]

    def __str__(self) -> str:
        return f"{self.kind}: {self.source}"
