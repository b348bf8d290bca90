"""What a tool that pulls says it holds of a segment, and whether that is right."""

from __future__ import annotations

from django.db import models


class ReceiptVerdict(models.TextChoices):
    """The report compared with the membership version that it names."""

    EQUAL = "equal", "Equal"
    DIFFERENT_COUNT = "different_count", "Another number of people"
    DIFFERENT_CHECKSUM = "different_checksum", "As many people, but not the same"
    UNKNOWN_VERSION = "unknown_version", "There is no such version"


class Receipt(models.Model):
    """`count` and `checksum` are the tool's words, true at `as_of`; `expected` is what that version
    came to when it was compared, null where there is no such version. Never names anybody."""

    segment_key = models.CharField(max_length=80)
    tool = models.CharField(max_length=80)
    membership_version = models.PositiveIntegerField()
    count = models.PositiveIntegerField()
    checksum = models.CharField(max_length=16)
    as_of = models.DateTimeField()
    expected = models.PositiveIntegerField(null=True)
    verdict = models.CharField(max_length=20, choices=ReceiptVerdict)
    actor = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["segment_key", "tool", "id"], name="receipt_segment_tool")]

    def __str__(self) -> str:
        return f"receipt of {self.segment_key} from {self.tool}: {self.verdict}"

    @property
    def evidence(self) -> str:
        """What the verdict rests on."""
        held = f"It holds {self.count:,} and says m{self.membership_version}"
        if self.verdict == ReceiptVerdict.UNKNOWN_VERSION:
            return f"{held}; there is no such version."
        if self.verdict == ReceiptVerdict.DIFFERENT_COUNT:
            return f"{held}, which has {self.expected or 0:,}."
        if self.verdict == ReceiptVerdict.DIFFERENT_CHECKSUM:
            return f"{held}, which has as many; the checksums differ."
        return f"{held}; count and checksum are those of that version."
