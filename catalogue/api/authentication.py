"""Who asks: a program with a key, or somebody signed in. Nobody else gets past the door."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.models import AnonymousUser
from django.utils import timezone
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from catalogue.api.problems import Problem
from catalogue.models import ApiKey, User
from catalogue.segments.keys import find_key, is_well_formed, note_use

# REST framework's views import what settings name, so this one must not import them.
if TYPE_CHECKING:
    from rest_framework.views import APIView

CHALLENGE = 'Bearer realm="segment-catalogue"'


class BearerKey(BaseAuthentication):
    """`Authorization: Bearer segc_…`. The key is `request.auth`; such a request has no user."""

    def authenticate(self, request: Request) -> tuple[AnonymousUser, ApiKey] | None:
        """The key of the request; None when it carries none. Raises AuthenticationFailed."""
        header = request.headers.get("Authorization", "")
        if not header:
            return None
        scheme, _, text = header.partition(" ")
        if scheme.lower() != "bearer":
            raise AuthenticationFailed("Send the key as “Authorization: Bearer segc_…”.")
        now = timezone.now()
        key = find_key(text.strip(), now)
        if key is None:
            raise AuthenticationFailed(_why(text.strip()))
        note_use(key, now)
        return AnonymousUser(), key

    def authenticate_header(self, request: Request) -> str:
        """What a 401 says about how to ask."""
        return CHALLENGE


def _why(text: str) -> str:
    if not is_well_formed(text):
        return "This is no key: a character is wrong or missing. Copy it again, whole."
    return "This key is unknown, was revoked or has expired. Ask a team admin for a new one."


class SignedIn(SessionAuthentication):
    """Somebody in a browser; whatever writes needs the form token."""

    def enforce_csrf(self, request: Request) -> None:
        """Raises Problem when the form token is missing or wrong."""
        try:
            super().enforce_csrf(request)
        except PermissionDenied:
            raise Problem(
                "csrf-failed",
                "Send the value of the cookie csrftoken in the header X-CSRFToken.",
            ) from None


class IsKnown(BasePermission):
    """A valid key, or somebody signed in."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Whether we know who asks."""
        return isinstance(request.auth, ApiKey) or bool(request.user.is_authenticated)


def actor_of(request: Request) -> User | ApiKey:
    """Who asks. The permission `IsKnown` has made sure that it is somebody."""
    if isinstance(request.auth, ApiKey):
        return request.auth
    user = request.user
    if not isinstance(user, User):
        raise TypeError(f"an unknown caller came past the door: {user!r}")
    return user


def owner_of(actor: User | ApiKey) -> str:
    """A short name of who asks, to count and to keep things by."""
    return f"key:{actor.prefix}" if isinstance(actor, ApiKey) else f"user:{actor.pk}"


def party_of(actor: User | ApiKey) -> str:
    """Whose cursors are whose: those of one team's keys are shared, so that a key may be replaced
    by another one; those of a login are its own."""
    return f"team:{actor.team_id}" if isinstance(actor, ApiKey) else f"user:{actor.pk}"
