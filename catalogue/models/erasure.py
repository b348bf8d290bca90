"""Erasing a person: what was asked, how far it is, and what proves each step."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q


class ErasureState(models.TextChoices):
    """Where an erasure is."""

    ASKED = "asked", "Asked for"
    RUNNING = "running", "Running"
    WAITING = "waiting", "Waiting for a tool"
    DONE = "done", "Done"


class Erasure(models.Model):
    """One person to be erased, with all who were merged into them. `who`: {ordinal: customer id},
    with ids only for as long as tools are asked; once done, nothing here says who it was but the
    keyed fingerprint."""

    fingerprint = models.CharField(max_length=64, db_index=True)  # of the id that was asked for
    who = models.JSONField(default=dict)
    reason = models.CharField(max_length=500)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    asked_by = models.CharField(max_length=200)  # a name for people, kept when the login is gone
    state = models.CharField(max_length=7, choices=ErasureState, default=ErasureState.ASKED)
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)
    told_at = models.DateTimeField(null=True, blank=True)  # when admins were told that it is late
    fault = models.CharField(max_length=500, blank=True)  # why the newest attempt came to nothing

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["state", "due_at"], name="erasure_state_due")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="done", done_at__isnull=False)
                | (~Q(state="done") & Q(done_at=None)),
                name="erasure_done_at",
            ),
        ]

    def __str__(self) -> str:
        return f"erasure {self.pk} {self.state}"


class ErasureStep(models.Model):
    """What one step did, or waits for. `place`: blank, or the tool that was asked; `count`: how
    many rows, files, versions or records; `answer`: the evidence, as a sentence or as the tool said
    it."""

    erasure = models.ForeignKey("Erasure", on_delete=models.CASCADE, related_name="steps")
    name = models.CharField(max_length=20)
    place = models.CharField(max_length=200, blank=True)
    is_done = models.BooleanField(default=False)
    count = models.PositiveBigIntegerField(default=0)
    answer = models.TextField(blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["erasure", "name", "place"], name="erasure_step_once"),
        ]

    def __str__(self) -> str:
        return f"{self.erasure_id} {self.name} {self.place}".rstrip()


class VersionErasure(models.Model):
    """That a membership version was rewritten without the erased, the one change that the database
    allows: while this row is open, in the transaction that closes it again. `cleared`: how many
    ordinals were taken out of its bitmaps."""

    erasure = models.ForeignKey("Erasure", on_delete=models.PROTECT, related_name="versions")
    membership = models.ForeignKey(
        "MembershipVersion", on_delete=models.CASCADE, related_name="erasures"
    )
    sha256_before = models.CharField(max_length=64)
    sha256_after = models.CharField(max_length=64)
    cleared = models.PositiveIntegerField()
    is_open = models.BooleanField(default=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["is_open", "membership"], name="version_erasure_open")]

    def __str__(self) -> str:
        return f"{self.erasure_id}: version {self.membership_id}"
