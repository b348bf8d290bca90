"""A change to a segment that waits to be published."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class Draft(models.Model):
    """The whole segment as it would be. One waits at a time; nobody is served it until it is
    published. `base` is the etag of the segment it was made from."""

    segment = models.OneToOneField("Segment", on_delete=models.CASCADE, related_name="draft")
    document = models.JSONField()  # as a segment file says it
    base = models.CharField(max_length=64)
    # The definition version it would follow: a draft of d7 would be d8.
    base_number = models.PositiveIntegerField()
    revision = models.PositiveIntegerField(default=1)  # goes up with every save
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"draft of {self.segment_id} d{self.number}"

    @property
    def number(self) -> int:
        """The number its definition would get."""
        return self.base_number + 1
