"""The dictionary: every trait, event and property seen, with types that people may correct."""

from __future__ import annotations

from django.db import models


class ValueType(models.TextChoices):
    """What most values of an entry are; it informs forms and warnings, never a refusal."""

    TEXT = "text", "Text"
    NUMBER = "number", "Number"
    BOOLEAN = "boolean", "Yes or no"
    DATE = "date", "Date"
    LIST = "list", "List"
    OBJECT = "object", "Object"
    MIXED = "mixed", "Mixed"


class TraitKind(models.TextChoices):
    """What a trait tells of somebody, by the names that segments give their models."""

    DEMOGRAPHIC = "demographic", "Demographic: who they are"
    PSYCHOGRAPHIC = "psychographic", "Psychographic: what they think and want"
    TECHNOGRAPHIC = "technographic", "Technographic: what they work with"
    PLAN_STATUS = "plan_status", "Plan status: what they have with us"
    BEHAVIOURAL = "behavioural", "Behavioural: what they do"
    USAGE = "usage", "Usage: how they use the product"


class Entry(models.Model):
    """What traits, events and properties share."""

    name = models.CharField(max_length=500)
    label = models.CharField(max_length=500, blank=True)
    description = models.TextField(blank=True)
    first_seen_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.label or self.name


class TypedEntry(Entry):
    """An entry whose values have a type: what was inferred, unless a person said otherwise."""

    inferred_type = models.CharField(max_length=10, choices=ValueType, blank=True)
    stated_type = models.CharField(max_length=10, choices=ValueType, blank=True)

    class Meta:
        abstract = True

    @property
    def type(self) -> str:
        """The stated type, else the inferred one."""
        return self.stated_type or self.inferred_type


class TraitEntry(TypedEntry):
    """A trait of customers or accounts."""

    subject = models.CharField(max_length=10, default="customer")
    null_share = models.FloatField(null=True)  # of the customers in the newest photo
    # The segmentation model that a definition uses when it asks for it; blank = nobody has said.
    kind = models.CharField(max_length=20, choices=TraitKind, blank=True)

    class Meta:
        verbose_name = "trait"
        constraints = [
            models.UniqueConstraint(fields=["subject", "name"], name="trait_entry_name_unique"),
        ]


class EventEntry(Entry):
    """An event name."""

    event_count = models.PositiveBigIntegerField(default=0)
    last_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "event"
        constraints = [models.UniqueConstraint(fields=["name"], name="event_entry_name_unique")]


class PropertyEntry(TypedEntry):
    """A property of an event."""

    event = models.ForeignKey("EventEntry", on_delete=models.CASCADE, related_name="properties")

    class Meta:
        verbose_name = "property"
        verbose_name_plural = "properties"
        constraints = [
            models.UniqueConstraint(fields=["event", "name"], name="property_entry_name_unique"),
        ]
