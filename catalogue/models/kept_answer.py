"""Answers to requests that carried an Idempotency-Key, so that a repeated request does nothing."""

from __future__ import annotations

from django.db import models


class KeptAnswer(models.Model):
    """One request of one caller: being worked on while `status` is null, then its answer. Written
    in the transaction of what the request did, so that the one never is without the other."""

    owner = models.CharField(max_length=100)  # whose request: a key or a login
    key = models.CharField(max_length=255)  # the Idempotency-Key, as sent
    digest = models.CharField(max_length=64)  # of method, path and body
    # Goes up when a request is taken over from a process that died; an older one stores nothing.
    fence = models.PositiveIntegerField(default=1)
    started_at = models.DateTimeField()
    status = models.PositiveSmallIntegerField(null=True)
    headers = models.JSONField(default=dict)
    body = models.JSONField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["owner", "key"], name="kept_answer_once"),
        ]
        indexes = [models.Index(fields=["started_at"], name="kept_answer_started_at")]

    def __str__(self) -> str:
        return f"{self.owner} {self.key}: {self.status or 'running'}"
