"""Somebody asks a second person to publish."""

from django.conf import settings
from django.db import models


class PublishRequest(models.Model):
    """One for each segment at most, in a team where four eyes publish. `token` names what is to be
    published: once the segment or its draft is another one, the request is void."""

    segment = models.OneToOneField(
        "Segment", on_delete=models.CASCADE, related_name="publish_request"
    )
    token = models.CharField(max_length=64)
    message = models.TextField()
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    asker = models.CharField(max_length=200)  # a name for people, kept when the login is gone
    asked_at = models.DateTimeField()

    class Meta:
        verbose_name = "request to publish"
        verbose_name_plural = "requests to publish"

    def __str__(self) -> str:
        return f"{self.segment_id}, asked by {self.asker}"
