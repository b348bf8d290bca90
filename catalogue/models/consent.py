"""What customers have said about being used for a purpose."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q


class Consent(models.Model):
    """One word of one customer, by the ordinal: consent to a purpose was given or withdrawn at
    `at`. Added to, never edited: the newest word counts, of two at one instant the one written
    later. Once `expires_at` has come, given counts as not given. `source`: where they said so."""

    ordinal = models.PositiveBigIntegerField()
    purpose = models.CharField(max_length=40)
    is_given = models.BooleanField()
    source = models.CharField(max_length=200)
    at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    added_by = models.CharField(max_length=200)  # a name for people, kept when the login is gone
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["ordinal", "purpose"], name="consent_of_somebody"),
            models.Index(fields=["purpose", "expires_at"], name="consent_expiry"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at=None) | Q(is_given=True), name="consent_withdrawn_stays"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ordinal} {self.purpose}: {'given' if self.is_given else 'withdrawn'}"
