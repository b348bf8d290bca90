"""What each function says to the people of a segment, and how."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models

# The parts of a guide beside its message, in the order in which they are read.
PARTS = ("promise", "proof", "objections", "do", "dont")


class MessageGuide(models.Model):
    """What one function says; the same for every tool that function uses. `text` is the message,
    word for word; the other parts say how to get there. Every save is a `GuideVersion` too."""

    segment = models.ForeignKey("Segment", on_delete=models.CASCADE, related_name="messages")
    function = models.CharField(max_length=40)  # sales, marketing, customer_success, …
    text = models.TextField()
    promise = models.TextField(blank=True)
    proof = models.TextField(blank=True)
    objections = models.TextField(blank=True)
    do = models.TextField(blank=True)
    dont = models.TextField(blank=True)
    number = models.PositiveIntegerField(default=1)  # of the version it is
    approver = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    approved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "message"
        ordering = ["function"]
        constraints = [
            models.UniqueConstraint(
                fields=["segment", "function"], name="message_guide_function_unique"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.function}: {self.text[:40]}"

    @property
    def parts(self) -> dict[str, str]:
        """The parts that say something, the message left out."""
        return {name: said for name in PARTS if (said := getattr(self, name))}

    def as_written(self) -> Any:
        """As a file says it: the message alone, or a mapping of the parts there are."""
        return {"message": self.text, **self.parts} if self.parts else self.text


class GuideVersion(models.Model):
    """1, 2, … of what a function says; never edited. `said` is as a file says it, null where the
    function stopped saying anything."""

    segment = models.ForeignKey("Segment", on_delete=models.CASCADE, related_name="guide_versions")
    function = models.CharField(max_length=40)
    number = models.PositiveIntegerField()
    said = models.JSONField(null=True)
    author = models.CharField(max_length=200)  # a name for people
    saved_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "version of a message"
        verbose_name_plural = "versions of messages"
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["segment", "function", "number"], name="guide_version_number_unique"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.function} {self.number} of {self.segment_id}"


class Acknowledgement(models.Model):
    """That a function has taken note: of the definition and of its message as they were then."""

    segment = models.ForeignKey("Segment", on_delete=models.CASCADE, related_name="acknowledged")
    function = models.CharField(max_length=40)
    definition = models.PositiveIntegerField()  # the number of the definition version
    guide = models.PositiveIntegerField()  # the number of the guide's version
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    who = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["segment", "function", "definition", "guide"],
                name="acknowledgement_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.function} took note of d{self.definition} of {self.segment_id}"
