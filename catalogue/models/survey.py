"""A survey: questions that customers answered. The answers are traits."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class Survey(models.Model):
    """One survey, asked of the people of a segment or of everyone (null). `questions`: [{"key",
    "label", "trait", "kind": text, number or boolean}] in the order of its file; what a customer
    answered are the values of these traits as of `answers_as_of`."""

    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=200)
    source = models.CharField(max_length=500)
    asked_on = models.DateField()
    segment = models.ForeignKey(
        "Segment", on_delete=models.PROTECT, null=True, blank=True, related_name="surveys"
    )
    questions = models.JSONField(default=list, blank=True)
    answers_count = models.PositiveIntegerField(default=0)
    answers_as_of = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-asked_on", "-pk"]

    def __str__(self) -> str:
        return self.slug
