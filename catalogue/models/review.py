"""That somebody looked a segment over, and what they found."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class Answer(models.TextChoices):
    """To each of the first four questions."""

    YES = "yes", "Yes"
    NO = "no", "No"
    UNSURE = "unsure", "Cannot say"


class Outcome(models.TextChoices):
    """To the fifth question: what is to become of the segment."""

    KEEP = "keep", "Keep it as it is"
    CHANGE = "change", "Change it"
    ARCHIVE = "archive", "Archive it"


class Review(models.Model):
    """One review that was done; never edited. When the next one is due follows from the newest.
    `facts` are what was shown beside the questions: {question: [sentence, …]}."""

    segment = models.ForeignKey("Segment", on_delete=models.CASCADE, related_name="reviews")
    definition = models.ForeignKey(
        "DefinitionVersion", on_delete=models.PROTECT, null=True, related_name="+"
    )
    due_on = models.DateField(null=True)
    still_true = models.CharField(max_length=6, choices=Answer)
    still_used = models.CharField(max_length=6, choices=Answer)
    goal_holds = models.CharField(max_length=6, choices=Answer)
    message_right = models.CharField(max_length=6, choices=Answer)
    outcome = models.CharField(max_length=7, choices=Outcome)
    note = models.TextField(blank=True)
    facts = models.JSONField(default=dict)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    reviewer = models.CharField(max_length=200)  # a name for people, kept when the login is gone
    done_at = models.DateTimeField()

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["done_at"], name="review_done_at")]

    def __str__(self) -> str:
        return f"{self.segment_id}: {self.outcome}, {self.done_at:%d %b %Y}"
