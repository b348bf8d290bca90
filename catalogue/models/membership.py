"""Who was in a segment: immutable versions, kept as differences with key frames."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from catalogue.models.inserting import InsertQuerySet


class MembershipVersion(models.Model):
    """m1, m2, … of a segment, without gaps. Members are the nearest key frame at or before it,
    plus `entered`, minus `left` of every version after that frame. Bitmaps are Roaring, portable
    format, run-optimised, over ordinals of `subject`; `sha256` is of the full members' bitmap."""

    segment = models.ForeignKey("Segment", on_delete=models.CASCADE, related_name="memberships")
    number = models.PositiveIntegerField()
    subject = models.CharField(max_length=10, default="customer")
    definition = models.ForeignKey(
        "DefinitionVersion", on_delete=models.PROTECT, related_name="memberships"
    )
    run = models.ForeignKey("RefreshRun", on_delete=models.PROTECT, related_name="memberships")
    photo = models.ForeignKey("Photo", on_delete=models.PROTECT, related_name="+")
    now = models.DateTimeField()
    size = models.PositiveIntegerField()
    entered_count = models.PositiveIntegerField()
    left_count = models.PositiveIntegerField()
    entered = models.BinaryField()
    left = models.BinaryField()
    key_frame = models.BinaryField(null=True)
    sha256 = models.CharField(max_length=64)
    published_at = models.DateTimeField()  # database clock

    objects: ClassVar = InsertQuerySet.as_manager()

    # The bitmaps: what describes a version is read without them.
    HEAVY = ("entered", "left", "key_frame")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["segment", "number"], name="membership_version_number_unique"
            ),
            models.CheckConstraint(
                condition=models.Q(number__gte=1), name="membership_version_number_positive"
            ),
        ]
        indexes = [models.Index(fields=["segment", "now"], name="membership_segment_now")]

    def __str__(self) -> str:
        return f"{self.segment_id} m{self.number}"
