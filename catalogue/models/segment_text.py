"""The text of a segment's file, as people wrote it."""

from django.db import models


class SegmentText(models.Model):
    """What the file of a segment says, comments and layout included: as it was applied last, and
    rewritten where the segment was edited by hand since. Segments never applied have none before
    their first edit."""

    segment = models.OneToOneField(
        "Segment", on_delete=models.CASCADE, primary_key=True, related_name="text"
    )
    text = models.TextField()

    class Meta:
        verbose_name = "file of a segment"
        verbose_name_plural = "files of segments"

    def __str__(self) -> str:
        return self.text[:40]
