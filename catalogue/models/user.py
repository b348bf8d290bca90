"""Somebody who signs in. The person segmented is a customer, never a user."""

from django.contrib.auth.models import AbstractUser
from django.db import models


class Theme(models.TextChoices):
    """How pages look to somebody."""

    SYSTEM = "", "As the system"
    LIGHT = "light", "Light"
    DARK = "dark", "Dark"


class User(AbstractUser):
    """A login. E-mail addresses are how segment files name owners and reviewers."""

    theme = models.CharField(max_length=5, choices=Theme, blank=True, default=Theme.SYSTEM)
    # Up to when they have looked at what changed; null before the first visit.
    seen_changes_at = models.DateTimeField(null=True, blank=True)

    class Meta(AbstractUser.Meta):
        verbose_name = "login"
        verbose_name_plural = "logins"
        constraints = [
            # Several users may lack an address, so it is unique only where there is one.
            models.UniqueConstraint(
                fields=["email"], condition=~models.Q(email=""), name="user_email_unique"
            ),
        ]

    @property
    def label(self) -> str:
        """Their name for people: the full one, else the user name."""
        return self.get_full_name() or self.get_username()
