"""Photos: only a photo makes loaded data visible."""

from __future__ import annotations

from django.db import models


class Photo(models.Model):
    """One version of every lake table, and who is alive in it. Never edited."""

    # {table path relative to the lake: Delta version}
    tables = models.JSONField(default=dict)
    # Live ordinals as Roaring bitmaps (portable format).
    customers = models.BinaryField()
    accounts = models.BinaryField()
    # Merged-away ordinal → last survivor: little-endian uint32 pairs.
    merges = models.BinaryField(default=bytes)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"photo {self.pk}"


class Load(models.Model):
    """One file taken in, and what was refused of it."""

    kind = models.CharField(max_length=10)  # customers, accounts, events, deletions, merges
    file_name = models.CharField(max_length=500)
    sha256 = models.CharField(max_length=64)  # of the file's bytes and the options
    as_of = models.DateTimeField(null=True)
    photo = models.ForeignKey("Photo", on_delete=models.PROTECT, related_name="loads")
    rows_read = models.PositiveBigIntegerField(default=0)
    rows_loaded = models.PositiveBigIntegerField(default=0)
    rows_known = models.PositiveBigIntegerField(default=0)  # event ids already there
    rows_refused = models.PositiveBigIntegerField(default=0)
    customers_created = models.PositiveBigIntegerField(default=0)
    refused = models.JSONField(default=list)  # the first ones: [{"row", "column", "why"}]
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["sha256"], name="load_sha256")]

    def __str__(self) -> str:
        return f"{self.kind} {self.file_name}"
