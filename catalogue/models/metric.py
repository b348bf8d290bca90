"""Metrics that the company defines, and what was measured, of whom and with which version."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from catalogue.models.inserting import InsertQuerySet


class Direction(models.TextChoices):
    """Which way is better."""

    UP = "up", "More is better"
    DOWN = "down", "Less is better"
    NONE = "none", "Neither is better"


class Metric(models.Model):
    """A metric that the company defines in the language; those that every workspace has are in
    `catalogue.metrics.standard`. The key is for ever: readings name it."""

    key = models.CharField(max_length=80, unique=True)
    name = models.CharField(max_length=200)
    meaning = models.TextField(blank=True)
    unit = models.CharField(max_length=20)  # share, days, EUR, orders, …
    direction = models.CharField(max_length=4, choices=Direction, default=Direction.NONE)
    # {"mean": measure}, {"share": definition} or {"ratio": [measure, measure]}, as written.
    definition = models.JSONField()
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    archived_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return self.name


class Whose(models.TextChoices):
    """Whom a reading measured."""

    MEMBERS = "members", "Members"
    OTHERS = "others", "Everybody else"
    EVERYONE = "everyone", "Everyone"
    # Whom the definition before would hold at the same instant: the other side of a break.
    BEFORE = "before", "Members by the definition before"


class Reading(models.Model):
    """One value of one metric as of one instant; never edited. Those without a `measurement` were
    taken when the membership version was published; of everyone there is neither segment nor
    version, and whom the definition before would hold was never published."""

    measurement = models.ForeignKey(
        "Measurement", on_delete=models.CASCADE, null=True, related_name="readings"
    )
    segment = models.ForeignKey(
        "Segment", on_delete=models.CASCADE, null=True, related_name="readings"
    )
    membership = models.ForeignKey(
        "MembershipVersion", on_delete=models.CASCADE, null=True, related_name="readings"
    )
    definition = models.ForeignKey(
        "DefinitionVersion", on_delete=models.CASCADE, null=True, related_name="+"
    )
    whose = models.CharField(max_length=8, choices=Whose, default=Whose.MEMBERS)
    metric = models.CharField(max_length=80)
    value = models.FloatField(null=True)  # null = no value; `reason` says why
    n = models.PositiveIntegerField()  # people it was measured on
    low = models.FloatField(null=True)  # the 95 % interval; null = none
    high = models.FloatField(null=True)
    unit = models.CharField(max_length=20)  # people, share, days, a currency, …
    method = models.CharField(max_length=200)  # how it was obtained, a short phrase
    reason = models.CharField(max_length=400, blank=True)
    # Of a curve: [[day, share, low, high, people still watched], …].
    points = models.JSONField(null=True)
    as_of = models.DateTimeField()
    photo = models.ForeignKey("Photo", on_delete=models.PROTECT, null=True, related_name="+")

    objects: ClassVar = InsertQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["membership", "metric"],
                condition=Q(measurement=None),
                name="reading_metric_unique",
            ),
            models.UniqueConstraint(
                fields=["measurement", "segment", "whose", "metric"],
                condition=~Q(whose="everyone"),
                name="reading_of_segment_unique",
            ),
            models.UniqueConstraint(
                fields=["measurement", "metric"],
                condition=Q(whose="everyone"),
                name="reading_of_everyone_unique",
            ),
        ]
        indexes = [
            models.Index(fields=["segment", "metric", "as_of"], name="reading_of_segment"),
            models.Index(fields=["metric", "as_of"], name="reading_of_metric"),
        ]

    def __str__(self) -> str:
        return f"{self.metric} = {self.value}"
