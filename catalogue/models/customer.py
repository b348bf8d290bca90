"""Ordinals: the meaningless numbers that bitmaps are made of, and whose they are."""

from __future__ import annotations

from django.db import models


class OrdinalCounter(models.Model):
    """The next free ordinal of a subject. Dense, never reused, whoever is erased."""

    subject = models.CharField(max_length=10, unique=True)
    next = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.subject}: {self.next}"


class Subject(models.Model):
    """What customers and accounts share. Ids are text exactly as received."""

    ordinal = models.BigIntegerField(primary_key=True)
    external_id = models.CharField(max_length=500, unique=True)
    deleted_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        abstract = True
        indexes = [
            # Whoever leaves the house is looked up here: a few rows of very many.
            models.Index(
                fields=["deleted_at"],
                condition=models.Q(deleted_at__isnull=False),
                name="%(class)s_deleted",
            ),
        ]

    def __str__(self) -> str:
        return self.external_id


class Customer(Subject):
    """A person segmented. This row is the one place that says whose an ordinal is."""

    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="merged"
    )


class Account(Subject):
    """A company or household that customers belong to."""
