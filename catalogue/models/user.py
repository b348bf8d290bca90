"""Somebody who signs in. The person segmented is a customer, never a user."""

from django.contrib.auth.models import AbstractUser
from django.db import models


class User(AbstractUser):
    """A login. E-mail addresses are how segment files name owners and reviewers."""

    class Meta(AbstractUser.Meta):
        constraints = [
            # Several users may lack an address, so it is unique only where there is one.
            models.UniqueConstraint(
                fields=["email"], condition=~models.Q(email=""), name="user_email_unique"
            ),
        ]
