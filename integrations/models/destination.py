"""A configured account of a tool; people read *tool*."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from integrations.models.lease import later


class SyncMode(models.TextChoices):
    """What a destination may do with a list."""

    MANAGED = "managed", "Managed: only who we added is removed"
    MIRROR = "mirror", "Mirror: the list holds the segment and nobody else"
    ADDITIVE = "additive", "Additive: nobody is removed, unless they may not be sent any more"
    ENRICH = "enrich", "Enrich: only fields of contacts that are there are written"


class DestinationQuerySet(models.QuerySet["Destination"]):
    """The turn of tools that only one worker may speak to; on the database's clock."""

    def take(self, destination_id: int, *, seconds: float) -> int | None:
        """The fence of a new turn, or None while somebody else has one."""
        free = Q(lease_expires_at__isnull=True) | Q(lease_expires_at__lte=Now())
        taken = self.filter(free, pk=destination_id).update(
            fence=F("fence") + 1, lease_expires_at=later(seconds)
        )
        return self.values_list("fence", flat=True).get(pk=destination_id) if taken else None

    def keep(self, destination_id: int, *, fence: int, seconds: float) -> bool:
        """Extend the turn; False if it is another's by now."""
        mine = self.filter(pk=destination_id, fence=fence)
        return bool(mine.update(lease_expires_at=later(seconds)))

    def release(self, destination_id: int, *, fence: int) -> None:
        """Give the turn back; nothing happens if it was lost."""
        self.filter(pk=destination_id, fence=fence).update(lease_expires_at=None)


class Destination(models.Model):
    """`options` hold no secret: where an option is one, they say where it is found (`env:NAME`,
    `file:PATH`), or it is in `secrets`, sealed (`integrations.secrets`), by the option's name."""

    key = models.CharField(max_length=80, unique=True)
    connector = models.CharField(max_length=80)
    options = models.JSONField(default=dict, blank=True)
    secrets = models.JSONField(default=dict, blank=True, editable=False)
    # What a record is known by over there, e.g. {customer_id}@example.org; blank = the manifest's.
    identity = models.CharField(max_length=200, blank=True)
    # At most this many records in a batch; blank = the manifest's limit.
    batch_records = models.PositiveIntegerField(null=True, blank=True)
    mode = models.CharField(max_length=8, choices=SyncMode, default=SyncMode.MANAGED)
    # Whose message is sent along (marketing, sales, customer_success); blank = the manifest's.
    function = models.CharField(max_length=40, blank=True)
    # What people must have consented to; blank = no consent is asked for.
    purpose = models.CharField(max_length=40, blank=True)
    # Keys of segments, most important first: who is in several of them is only in the first one's
    # list; empty = everybody is in all lists that they belong on.
    priority = models.JSONField(default=list, blank=True)
    # Who was refused is tried again after so many days; 0 = not until something about them changes.
    retry_rejected_days = models.PositiveSmallIntegerField(default=7)
    # The brake: more added than this share of those who are there, and than 100, waits.
    most_added_percent = models.PositiveIntegerField(
        default=200, validators=[MaxValueValidator(1_000_000)]
    )
    # What a read-back finds wrong is put right by the next sync; else when somebody asks for it.
    heals_drift = models.BooleanField(default=True)
    # A list that was not confirmed for so many minutes is an alert, even when nothing failed.
    promised_minutes = models.PositiveIntegerField(default=1440)

    # Why nothing is sent at present, for people; blank = it is in use.
    off_reason = models.TextField(blank=True)
    # Nothing is sent to any of its lists before this instant: the tool asked us to wait.
    not_before = models.DateTimeField(null=True, editable=False)
    # Syncs in a row, over all lists, that the tool did not answer; and until when it is let rest.
    failures = models.PositiveSmallIntegerField(default=0, editable=False)
    resting_until = models.DateTimeField(null=True, editable=False)
    checked_at = models.DateTimeField(null=True, editable=False)
    checked_sentence = models.TextField(blank=True, editable=False)
    fence = models.PositiveBigIntegerField(default=0, editable=False)
    lease_expires_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar = DestinationQuerySet.as_manager()

    class Meta:
        verbose_name = "tool"

    def __str__(self) -> str:
        return self.key

    def waits_until(self, now: datetime) -> datetime | None:
        """Until when nothing may be asked of it; None when it may be asked now."""
        instants = [at for at in (self.not_before, self.resting_until) if at is not None]
        latest = max(instants, default=None)
        return latest if latest is not None and now < latest else None
