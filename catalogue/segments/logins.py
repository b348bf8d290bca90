"""Logins: who makes them, what may be changed of them, and rights that hold for every team."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.contrib.auth.models import Permission
from django.db import transaction

from catalogue.models import User
from catalogue.permissions import Actor, check_is_site_admin
from catalogue.segments.changes import record

# What a login may be given for every team at once, as Django permissions of the app `catalogue`.
EVERYWHERE = {
    "see_people": "See who is in the segments of every team",
    "change_segment": "Change the segments of every team",
}
FIELDS = ("username", "email", "first_name", "last_name", "is_active", "is_superuser")


class LoginRefused(Exception):
    """A login may not be as asked; the message is for people."""


def create_login(*, fields: Mapping[str, Any], password: str | None, by: Actor, via: str) -> User:
    """A login; without a password nobody can sign in with it yet. `fields` are of FIELDS. Raises
    django's ValidationError for what is wrong with them, and PermissionDenied."""
    check_is_site_admin(by)
    user = User(**{name: fields[name] for name in FIELDS if name in fields})
    user.set_password(password)
    user.full_clean()
    with transaction.atomic():
        user.save()
        _record("login.created", user, by=by, via=via)
    return user


def change_login(
    *,
    user: User,
    fields: Mapping[str, Any],
    everywhere: Collection[str] | None = None,
    by: Actor,
    via: str,
) -> User:
    """Change a login. `everywhere` are the rights of EVERYWHERE that it has from now on, None =
    those it has. Unchanged: nothing is written. Raises ValidationError, LoginRefused when nobody
    would be left to look after the site, and PermissionDenied."""
    check_is_site_admin(by)
    with transaction.atomic():
        stored = User.objects.select_for_update().get(pk=user.pk)
        before = _facts(stored)
        for name in FIELDS:
            setattr(stored, name, fields.get(name, getattr(stored, name)))
        stored.full_clean(exclude=["password"])
        stored.save()
        if everywhere is not None:
            _set_everywhere(stored, everywhere)
        _check_somebody_is_left(stored)
        after = _facts(stored)
        changed = {
            name: [before[name], after[name]] for name in after if before[name] != after[name]
        }
        if changed:
            _record("login.changed", stored, by=by, via=via, details={"fields": changed})
    return stored


def set_password(*, user: User, password: str | None, by: Actor, via: str) -> None:
    """Give a login another password; None = nobody can sign in with one. Its sessions end."""
    check_is_site_admin(by)
    with transaction.atomic():
        user.set_password(password)
        user.save(update_fields=["password"])
        _record("login.password_set", user, by=by, via=via)


def everywhere_of(user: User) -> list[str]:
    """The rights of EVERYWHERE that a login was given by name; site admins have all anyway."""
    rows = user.user_permissions.filter(content_type__app_label="catalogue")
    given = set(rows.values_list("codename", flat=True))
    return [name for name in EVERYWHERE if name in given]


def _set_everywhere(user: User, wanted: Collection[str]) -> None:
    known = Permission.objects.filter(content_type__app_label="catalogue", codename__in=EVERYWHERE)
    user.user_permissions.remove(*known.exclude(codename__in=wanted))
    user.user_permissions.add(*known.filter(codename__in=wanted))


def _check_somebody_is_left(user: User) -> None:
    if not User.objects.filter(is_superuser=True, is_active=True).exists():
        raise LoginRefused(f"{user.label} is the only site admin. Make somebody else one first.")


def _facts(user: User) -> dict[str, Any]:
    facts: dict[str, Any] = {name: getattr(user, name) for name in FIELDS}
    return facts | {"everywhere": everywhere_of(user)}


def _record(
    kind: str, user: User, *, by: Actor, via: str, details: Mapping[str, Any] | None = None
) -> None:
    name = user.get_username()
    record(kind, by=by, via=via, object_type="login", object_key=name, details=details)
