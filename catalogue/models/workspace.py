"""What holds for the whole installation: which events mean what, and what going live asks for."""

from __future__ import annotations

from django.db import models


def functions() -> list[str]:
    """The functions of a company that every segment has a message for, unless it says others."""
    return ["marketing", "sales", "customer_success"]


class Workspace(models.Model):
    """One row, or none while everything is as it comes. Names of events are as they were loaded."""

    # Which events count as being active; empty = any event.
    active_events = models.JSONField(default=list, blank=True)
    # {"event": name, "property": dotted path, "currency": ISO 4217}; null = no revenue is known.
    revenue = models.JSONField(null=True, blank=True)
    converted_events = models.JSONField(default=list, blank=True)
    cancelled_events = models.JSONField(default=list, blank=True)
    # A number measured on fewer people than this is hidden.
    fewest_people = models.PositiveSmallIntegerField(default=10)
    functions = models.JSONField(default=functions)
    # What a segment needs to go live, by name; null = everything there is.
    gate = models.JSONField(null=True, blank=True)
    # How often a segment is looked at again when it does not say so itself.
    review_days = models.PositiveSmallIntegerField(default=90)
    # {purpose: {"is_needed": …, "trait": …}}: whether people may be used for it only once they have
    # said so, and the boolean trait that says so too ("" = none does).
    consent = models.JSONField(default=dict, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = "workspace"
        verbose_name_plural = "workspace"
        constraints = [
            models.CheckConstraint(condition=models.Q(pk=1), name="workspace_is_one_row"),
        ]

    def __str__(self) -> str:
        return "The workspace"

    @classmethod
    def current(cls) -> Workspace:
        """The settings as they are; those of a new workspace where nobody has saved any."""
        return cls.objects.filter(pk=1).first() or cls(pk=1)
