"""What those who talk to customers say of a member: they fit, or they do not, and why."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class Misfit(models.TextChoices):
    """Why somebody does not fit."""

    WRONG_DATA = "wrong_data", "What we know of them is wrong"
    ALREADY_DONE = "already_done", "They have done it already"
    WRONG_TIME = "wrong_time", "Right person, wrong time"
    NOT_FOR_THEM = "not_for_them", "What we say is not for them"
    WRONG_PERSON = "wrong_person", "They do not decide this"
    OTHER = "other", "Something else"


class Feedback(models.Model):
    """One judgement of one member, by the ordinal, as memberships have it. Added to, never edited:
    somebody's newest judgement of a member counts. `reason` is blank of those who fit. `note` may
    tell of a person, and is for those who may see people."""

    segment = models.ForeignKey("Segment", on_delete=models.CASCADE, related_name="feedback")
    subject = models.CharField(max_length=10, default="customer")
    ordinal = models.PositiveBigIntegerField()
    membership = models.ForeignKey("MembershipVersion", on_delete=models.PROTECT, related_name="+")
    fits = models.BooleanField()
    reason = models.CharField(max_length=20, choices=Misfit, blank=True)
    note = models.TextField(blank=True)
    said_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    who = models.CharField(max_length=200)  # a name for people, kept when the login is gone
    at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "feedback"
        ordering = ["-pk"]
        indexes = [models.Index(fields=["segment", "at"], name="feedback_segment_at")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(fits=True, reason="")
                | (models.Q(fits=False) & ~models.Q(reason="")),
                name="feedback_has_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.segment_id}: {'fits' if self.fits else self.reason}"
