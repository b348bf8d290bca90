"""Signing in by e-mail address or user name."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest

from catalogue.models import User


def viewer_of(request: HttpRequest) -> User:
    """Who is signed in. Of a page that is open to everybody there may be nobody: not for those."""
    user = request.user
    assert isinstance(user, User)  # noqa: S101 (pages need a login unless they say otherwise)
    return user


class ByEmail(ModelBackend):
    """Django's own check of the password; only who is meant is looked up by address first."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **kwargs: Any,
    ) -> User | None:
        """The user whose name or address this is, when the password is right."""
        if username and "@" in username:
            found = User.objects.filter(email__iexact=username).values_list("username", flat=True)
            username = found.first() or username
        return super().authenticate(request, username=username, password=password, **kwargs)
