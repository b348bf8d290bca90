"""A member that a tool will not take, and why; parked until something about it changes."""

from __future__ import annotations

from django.db import models

from integrations.models.audience import Audience


class Side(models.TextChoices):
    """Who refused: we before sending (no e-mail), or the tool."""

    OURS = "ours", "Not sent"
    THEIRS = "theirs", "Refused by the tool"


class Rejection(models.Model):
    """`identity_hash` is what was sent, hashed: a member is tried again once that changes, and no
    address lies here."""

    audience = models.ForeignKey(Audience, on_delete=models.CASCADE, related_name="rejections")
    ordinal = models.BigIntegerField()
    side = models.CharField(max_length=6, choices=Side)
    operation = models.CharField(max_length=6)
    identity_hash = models.CharField(max_length=64, blank=True)
    reason = models.TextField()
    opted_out = models.BooleanField(default=False)  # the person said so over there
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["audience", "ordinal"], name="rejection_once"),
        ]

    def __str__(self) -> str:
        return f"rejection of {self.ordinal}"
