"""Keys for programs: shown once, kept as a hash."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models

if TYPE_CHECKING:
    from catalogue.models.segment import Segment


class Scope(models.TextChoices):
    """What a key may do. Without `members:read` a key never sees a person."""

    SEGMENTS_READ = "segments:read", "Read segments, versions, runs and the dictionary"
    SEGMENTS_DRAFT = "segments:draft", "Read drafts and segments that are not live"
    SEGMENTS_WRITE = "segments:write", "Make and change segments and drafts"
    SEGMENTS_PUBLISH = "segments:publish", "Publish, restore and archive"
    SEGMENTS_REFRESH = "segments:refresh", "Ask for a refresh"
    MEMBERS_READ = "members:read", "Read who is in segments, and their traits"
    MEMBERS_CHECK = "members:check", "Ask whether given customers are in a segment"
    IDEAS_READ = "ideas:read", "Read ideas, surveys and discoveries"
    SURVEYS_WRITE = "surveys:write", "Load surveys, whose answers become traits of customers"
    IDEAS_WRITE = "ideas:write", "Add ideas, move, merge and comment on them; run discoveries"
    METRICS_READ = "metrics:read", "Read metrics, their readings and the workspace's settings"
    METRICS_WRITE = "metrics:write", "Make and change the company's own metrics"
    PLAYBOOKS_READ = "playbooks:read", "Read what each function says"
    EXPERIMENTS_READ = "experiments:read", "Read experiments and what came of them"
    EXPERIMENTS_WRITE = "experiments:write", "Plan, start, stop and decide experiments"
    DESTINATIONS_READ = "destinations:read", "Read tools, syncs and drift"
    SYNCS_WRITE = "syncs:write", "Sync, pause, cancel and approve what is sent to tools"
    RECEIPTS_WRITE = "receipts:write", "Report what a tool that pulls holds"
    SUPPRESSIONS_READ = "suppressions:read", "Read who must never be used, and why"
    SUPPRESSIONS_WRITE = "suppressions:write", "Suppress people, and lift that"
    CONSENTS_READ = "consents:read", "Read who consents to what"
    CONSENTS_WRITE = "consents:write", "Note that people gave or withdrew consent"
    ERASURES_READ = "erasures:read", "Read how far erasures are, and what proves them"
    ERASURES_WRITE = "erasures:write", "Have people erased for good"


class ApiKey(models.Model):
    """The right of a program to act for a team. `digest` is SHA-256 of the whole key, which nobody
    can read back; `segments` narrows it to those, none = all."""

    team = models.ForeignKey("Team", on_delete=models.CASCADE, related_name="api_keys")
    name = models.CharField(max_length=200)
    prefix = models.CharField(max_length=16, unique=True)
    digest = models.CharField(max_length=64)
    scopes = models.JSONField(default=list)
    segments: models.ManyToManyField[Segment, models.Model] = models.ManyToManyField(
        "Segment", blank=True, related_name="+"
    )
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)  # to the minute
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "API key"

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

    @property
    def label(self) -> str:
        """Its name for people."""
        return f"key “{self.name}”"

    def has_scope(self, scope: str) -> bool:
        """Whether it was given this scope."""
        return scope in self.scopes

    def is_valid(self, now: datetime) -> bool:
        """Neither revoked nor expired."""
        expired = self.expires_at is not None and self.expires_at <= now
        return self.revoked_at is None and not expired
