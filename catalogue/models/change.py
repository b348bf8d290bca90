"""What was done to the catalogue, by whom, from where, and why: added to, never edited."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class Via(models.TextChoices):
    """From where a change came."""

    WEB = "web", "Web"
    ADMIN = "admin", "Admin"
    API = "api", "API"
    FILE = "file", "File"
    COMMAND = "command", "Command line"
    SYSTEM = "system", "The catalogue itself"


class Change(models.Model):
    """One act. `object_type` and `object_key` name what was changed, also when that is gone;
    `details` holds {"fields": {name: [before, after]}} and whatever else the kind needs."""

    at = models.DateTimeField(auto_now_add=True)
    kind = models.CharField(max_length=60)  # segment.published, key.created, …
    object_type = models.CharField(max_length=40)
    object_key = models.CharField(max_length=200)
    segment = models.ForeignKey(
        "Segment", on_delete=models.SET_NULL, null=True, blank=True, related_name="changes"
    )
    team = models.ForeignKey(
        "Team", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    actor = models.CharField(max_length=200)  # a name for people, kept when the login is gone
    via = models.CharField(max_length=10, choices=Via)
    message = models.TextField(blank=True)
    details = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["object_type", "object_key"], name="change_object"),
            models.Index(fields=["at"], name="change_at"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_key} by {self.actor}"
