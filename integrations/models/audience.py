"""A segment's list in one tool, what the tool has confirmed, and who may write to it now."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from pyroaring import BitMap

from integrations.models.destination import Destination
from integrations.models.lease import later


class LeaseLost(Exception):
    """Another worker took this audience over; what was about to be written is refused."""


class AudienceQuerySet(models.QuerySet["Audience"]):
    """Claims are one conditional UPDATE on the database's clock: one row changed = yours."""

    def take(self, audience_id: int, *, seconds: float) -> int | None:
        """The fence of a new lease, or None while somebody else holds one."""
        free = Q(lease_expires_at__isnull=True) | Q(lease_expires_at__lte=Now())
        taken = self.filter(free, pk=audience_id).update(
            fence=F("fence") + 1, lease_expires_at=later(seconds)
        )
        if not taken:
            return None
        # Ours alone until it expires, so this reads the number that we wrote.
        return self.values_list("fence", flat=True).get(pk=audience_id)

    def write(self, audience_id: int, *, fence: int, seconds: float, **fields: object) -> None:
        """Change fields and extend the lease, if `fence` is still the newest; else LeaseLost."""
        mine = self.filter(pk=audience_id, fence=fence)
        if not mine.update(lease_expires_at=later(seconds), **fields):
            raise LeaseLost(f"Another worker has taken over this list (fence {fence} is old).")

    def release(self, audience_id: int, *, fence: int) -> None:
        """Give the lease back; nothing happens if it was lost."""
        self.filter(pk=audience_id, fence=fence).update(lease_expires_at=None)


class Audience(models.Model):
    """Three bitmaps of customer ordinals say all that we know about the list:

    `acknowledged` are on it, by the tool's own word; `uncertain` may be on it (an add was sent and
    nothing certain came back); `sent` are all that we ever sent, so those that are *ours*.
    """

    destination = models.ForeignKey(Destination, on_delete=models.PROTECT, related_name="audiences")
    segment_key = models.CharField(max_length=80)
    name = models.CharField(max_length=200)
    remote_id = models.CharField(max_length=500, blank=True)

    acknowledged = models.BinaryField(default=bytes)
    acknowledged_sha256 = models.CharField(max_length=64, blank=True)
    acknowledged_count = models.PositiveIntegerField(default=0)
    uncertain = models.BinaryField(default=bytes)
    sent = models.BinaryField(default=bytes)
    # The membership version that is confirmed to the last member, and its definition.
    version = models.PositiveIntegerField(null=True)
    definition_hash = models.CharField(max_length=64, blank=True)
    confirmed_at = models.DateTimeField(null=True)
    # What the confirmed target was made of (`sync.targets`); another one means that a sync is due.
    target_state = models.CharField(max_length=64, blank=True)
    # The data that the names of the confirmed were read from; the same data has the same names.
    names_state = models.CharField(max_length=80, blank=True)
    # What was written to fields of the confirmed: a hash of what holds for all of them, and
    # {goal state: members as base64} of what differs.
    fields_hash = models.CharField(max_length=64, blank=True)
    sent_goal_states = models.JSONField(default=dict)

    # A removal beyond the brake's limits is allowed from this version (0 = none) to that one.
    approved_from = models.PositiveIntegerField(null=True)
    approved_to = models.PositiveIntegerField(null=True)
    braked_at_version = models.PositiveIntegerField(null=True)
    # Set when the tool's list must be looked after by a person; blank = in order.
    stopped_reason = models.TextField(blank=True)
    # Set by a person who wants nothing sent for now: who, and why; blank = it is not paused.
    paused_reason = models.TextField(blank=True)
    # Everybody is sent again with the next sync, confirmed or not.
    full_due = models.BooleanField(default=False)
    # Nothing is sent before this instant: the tool asked us to wait.
    not_before = models.DateTimeField(null=True)
    # When the timetable tries an unfinished sync again; a person need not wait for it.
    retry_at = models.DateTimeField(null=True)
    failures = models.PositiveSmallIntegerField(default=0)  # in a row
    # A read-back found members missing or left over; the next sync puts them right.
    repair_due = models.BooleanField(default=False)

    fence = models.PositiveBigIntegerField(default=0)
    lease_expires_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar = AudienceQuerySet.as_manager()

    class Meta:
        verbose_name = "list in a tool"
        verbose_name_plural = "lists in tools"
        constraints = [
            models.UniqueConstraint(
                fields=["destination", "segment_key"], name="audience_once_per_segment"
            ),
            models.UniqueConstraint(fields=["destination", "name"], name="audience_name_once"),
        ]

    def __str__(self) -> str:
        return f"{self.segment_key} → {self.destination_id}: {self.name}"

    def acknowledged_members(self) -> BitMap:
        """Ordinals that the tool has confirmed; ValueError if the row is not what was written."""
        data = bytes(self.acknowledged)
        if data and hashlib.sha256(data).hexdigest() != self.acknowledged_sha256:
            raise ValueError(f"The acknowledged members of {self} do not match their checksum.")
        return read_bitmap(data)

    def uncertain_members(self) -> BitMap:
        """Ordinals that may be on the list though nobody said so."""
        return read_bitmap(bytes(self.uncertain))

    def sent_members(self) -> BitMap:
        """Ordinals that we ever sent."""
        return read_bitmap(bytes(self.sent))

    def is_approved(self, version: int) -> bool:
        """Whether a person has approved the removals that lead to `version`."""
        return self.approved_to == version and self.approved_from == (self.version or 0)

    def must_wait(self, now: datetime) -> bool:
        """Whether the tool asked for no requests yet."""
        return self.not_before is not None and now < self.not_before


def acknowledged_fields(members: BitMap) -> dict[str, object]:
    """The fields that say who is acknowledged, always written together."""
    data = write_bitmap(members)
    return {
        "acknowledged": data,
        "acknowledged_sha256": hashlib.sha256(data).hexdigest(),
        "acknowledged_count": len(members),
    }


def read_bitmap(data: bytes) -> BitMap:
    """A stored bitmap; no bytes are the empty one."""
    return BitMap.deserialize(data) if data else BitMap()


def write_bitmap(members: BitMap) -> bytes:
    """A bitmap in Roaring's portable format, run-optimised."""
    copy = members.copy()
    copy.run_optimize()
    return copy.serialize()
