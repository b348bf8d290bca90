"""Who must never be used, and why."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q


class SuppressionSource(models.TextChoices):
    """Where it came from."""

    IMPORT = "import", "A file"
    API = "api", "A program"
    ADMIN = "admin", "An admin"
    TOOL = "tool", "Opted out in a tool"
    ERASURE = "erasure", "Erased"


class Suppression(models.Model):
    """One person on the list, by keyed fingerprints of the customer's id, of an e-mail address, or
    of both; no id and no address is in it. `purpose` blank = for every purpose. It ends by being
    lifted, never by being deleted; that of an erasure never ends."""

    customer_fingerprint = models.CharField(max_length=64, blank=True, db_index=True)
    address_fingerprint = models.CharField(max_length=64, blank=True, db_index=True)
    purpose = models.CharField(max_length=40, blank=True)
    source = models.CharField(max_length=8, choices=SuppressionSource)
    reason = models.CharField(max_length=500)
    since = models.DateTimeField()
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    added_by = models.CharField(max_length=200)  # a name for people, kept when the login is gone
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.CharField(max_length=200, blank=True)
    lifted_because = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["lifted_at"], name="suppression_lifted_at")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(customer_fingerprint="", address_fingerprint=""),
                name="suppression_of_somebody",
            ),
            models.CheckConstraint(
                condition=Q(lifted_at=None) | ~Q(source="erasure"),
                name="suppression_of_erased_stays",
            ),
        ]

    def __str__(self) -> str:
        return f"suppression {self.pk}"


class FoundBy(models.TextChoices):
    """How a customer was recognised."""

    ID = "id", "By the customer's id"
    ADDRESS = "address", "By the e-mail address"


class Suppressed(models.Model):
    """A customer whom a suppression is about, by the ordinal. Written when the suppression is
    added, and whenever a load brings somebody whom it fits."""

    suppression = models.ForeignKey("Suppression", on_delete=models.CASCADE, related_name="people")
    ordinal = models.PositiveBigIntegerField(db_index=True)
    found_by = models.CharField(max_length=7, choices=FoundBy)
    at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "suppressed"
        constraints = [
            models.UniqueConstraint(fields=["suppression", "ordinal"], name="suppressed_once"),
        ]

    def __str__(self) -> str:
        return f"{self.suppression_id}: {self.ordinal}"
