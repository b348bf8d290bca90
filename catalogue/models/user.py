"""Somebody who signs in. The person segmented is a customer, never a user."""

from django.contrib.auth.models import AbstractUser
from django.db import models


class User(AbstractUser):
    """A login. E-mail addresses are how segment files name owners and reviewers."""

    email = models.EmailField(unique=True, null=True, blank=True)  # noqa: DJ001 (unique, may lack)

    def save(self, *args: object, **kwargs: object) -> None:
        """Keep a missing address as NULL, so that several users may lack one."""
        self.email = self.email or None
        super().save(*args, **kwargs)  # type: ignore[arg-type]
