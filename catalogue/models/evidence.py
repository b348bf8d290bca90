"""What a segment's why rests on."""

from __future__ import annotations

from datetime import date

from django.db import models


class EvidenceKind(models.TextChoices):
    """How somebody came to know it."""

    INTERVIEW = "interview", "Interviews"
    SURVEY = "survey", "Survey"
    ANALYSIS = "analysis", "Analysis"
    SUPPORT = "support", "Support"
    EXPERIMENT = "experiment", "Experiment"


class Strength(models.TextChoices):
    """How much weight it bears."""

    WEAK = "weak", "Weak"
    MEDIUM = "medium", "Medium"
    STRONG = "strong", "Strong"


class Evidence(models.Model):
    """One piece of research: of how many people (`n`), of which day (`on`), which sentence of the
    why it supports (`claim`), and from which day it counts for nothing until somebody looks anew.
    """

    segment = models.ForeignKey("Segment", on_delete=models.CASCADE, related_name="evidence")
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=40, choices=EvidenceKind)
    source = models.CharField(max_length=500)
    n = models.PositiveIntegerField(null=True, blank=True)
    on = models.DateField(null=True, blank=True)
    strength = models.CharField(max_length=6, choices=Strength, blank=True)
    claim = models.CharField(max_length=500, blank=True)
    expires_on = models.DateField(null=True, blank=True)
    # The expiry that the owner of the segment was told of.
    told_of = models.DateField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name_plural = "evidence"
        ordering = ["position"]

    def __str__(self) -> str:
        return f"{self.kind}: {self.source}"

    def is_expired(self, today: date) -> bool:
        """Whether it has to be looked at anew before it counts again."""
        return self.expires_on is not None and self.expires_on <= today
