"""A configured account of a tool; people read *tool*."""

from __future__ import annotations

from django.db import models


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
    # Why nothing is sent at present, for people; blank = it is in use.
    off_reason = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "tool"

    def __str__(self) -> str:
        return self.key
