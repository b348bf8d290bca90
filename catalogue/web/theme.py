"""How pages look to whoever reads them: as their system says, light, or dark."""

from __future__ import annotations

from django.http import HttpRequest

from catalogue.models import Theme, User

# Strangers, at the door, have no row to keep it in.
COOKIE = "theme"
COOKIE_AGE = 365 * 24 * 60 * 60


def theme_of(request: HttpRequest) -> str:
    """light, dark, or "" to follow the system."""
    user = getattr(request, "user", None)
    theme = user.theme if isinstance(user, User) else request.COOKIES.get(COOKIE, "")
    return theme if theme in Theme.values else Theme.SYSTEM.value
