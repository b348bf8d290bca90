"""What a member was sent as, kept only where that can change."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from catalogue.models.inserting import InsertQuerySet
from integrations.models.audience import Audience


class SentIdentity(models.Model):
    """Where a tool knows members by a trait (an e-mail address), the address that was sent is the
    only way to take the member off again after it has changed. Deleted once the list was read and
    the member is not on it.
    """

    audience = models.ForeignKey(Audience, on_delete=models.CASCADE, related_name="sent_identities")
    ordinal = models.BigIntegerField()
    identity = models.CharField(max_length=1000)

    objects: ClassVar = InsertQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "sent identities"
        constraints = [
            models.UniqueConstraint(fields=["audience", "ordinal"], name="sent_identity_once"),
        ]

    def __str__(self) -> str:
        return f"sent identity of {self.ordinal}"
