"""What somebody is told: an alert, on their home page and by e-mail."""

from django.conf import settings
from django.db import models


class Notice(models.Model):
    """One thing that one login is told, once. `link`: a path of ours, where it can be looked into.
    It stands on their home page until they mark it as seen."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices"
    )
    reason = models.TextField()
    link = models.CharField(max_length=1000)
    created_at = models.DateTimeField(auto_now_add=True)
    mailed_at = models.DateTimeField(null=True)  # null = not sent, or no address to send it to
    seen_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["user", "seen_at"], name="notice_unseen")]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.reason[:60]}"
