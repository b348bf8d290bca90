"""Looking for groups that reach a goal more or less often: what was asked, and what came of it."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from catalogue.models.run import RunState


class Discovery(models.Model):
    """One search. Population: the people who entered `segment`, or everyone (null) who was there
    `days` before `now`; goal: `event` within so many days. `done` of `total` steps, `stage` is the
    one it is at. Of `n` people `reached` did; `weighed` conjunctions were looked at in one half,
    `tested` groups on the other."""

    event = models.CharField(max_length=500)
    days = models.PositiveSmallIntegerField()
    segment = models.ForeignKey(
        "Segment", on_delete=models.PROTECT, null=True, blank=True, related_name="discoveries"
    )
    state = models.CharField(max_length=10, choices=RunState, default=RunState.QUEUED)
    cancel_asked = models.BooleanField(default=False)
    stage = models.CharField(max_length=200, blank=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    error = models.TextField(blank=True)
    now = models.DateTimeField()
    n = models.PositiveIntegerField(default=0)
    reached = models.PositiveIntegerField(default=0)
    weighed = models.PositiveIntegerField(default=0)
    tested = models.PositiveIntegerField(default=0)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "discoveries"
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"discovery {self.pk} {self.state}"


class DiscoveredGroup(models.Model):
    """A group that the half not searched confirmed. `size` of all people; `rate` with its interval
    and `base_rate` of that half of `n` group members there; `lift` is one by the other."""

    discovery = models.ForeignKey("Discovery", on_delete=models.CASCADE, related_name="groups")
    position = models.PositiveSmallIntegerField()
    canonical = models.TextField()  # the definition, RFC 8785 JSON
    english = models.TextField()
    size = models.PositiveIntegerField()
    n = models.PositiveIntegerField()
    rate = models.FloatField()
    low = models.FloatField()
    high = models.FloatField()
    base_rate = models.FloatField()
    lift = models.FloatField()
    p_value = models.FloatField()
    idea = models.ForeignKey(
        "Idea", on_delete=models.PROTECT, null=True, blank=True, related_name="groups"
    )

    class Meta:
        verbose_name = "discovered group"
        ordering = ["discovery", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["discovery", "position"], name="discovered_group_position"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.english[:60]}"
