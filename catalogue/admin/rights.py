"""Who is at work in the admin. Rights themselves are in `catalogue.permissions`; here their answers
are kept while one request is answered, because the admin asks for each of them many times."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from django.http import HttpRequest

from catalogue import permissions
from catalogue.models import User

T = TypeVar("T")


def user_of(request: HttpRequest) -> User:
    """The login at work."""
    assert isinstance(request.user, User)  # noqa: S101 (the site lets nobody else in)
    return request.user


def may_enter(request: HttpRequest) -> bool:
    """Whether the admin is open to whoever asks."""
    user = request.user
    return isinstance(user, User) and kept(
        request, "may_enter", lambda: permissions.is_any_admin(user)
    )


def is_site_admin(request: HttpRequest) -> bool:
    """Whether it is an admin of the whole site."""
    return user_of(request).is_active and user_of(request).is_superuser


def teams_of(request: HttpRequest) -> frozenset[int]:
    """The ids of the teams whose seats and keys they give."""
    teams = permissions.teams_administered_by(user_of(request))
    return kept(request, "teams", lambda: frozenset(teams.values_list("pk", flat=True)))


def kept(request: HttpRequest, name: str, answer: Callable[[], T]) -> T:
    """An answer that holds while one request is answered, looked up once."""
    answers = request.__dict__.setdefault("_kept_for_admin", {})
    if name not in answers:
        answers[name] = answer()
    found: T = answers[name]
    return found
