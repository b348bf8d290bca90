"""Keys for programs: `segc_<prefix>_<secret><checksum>`.

The secret is 256 random bits. The checksum lets a mistyped or cut key be recognised without asking
anybody. What is stored is the prefix, to find the row, and SHA-256 of the whole; nobody can read a
key back. The whole text is returned once, by `create_key`.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import string
import zlib
from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now

from catalogue.models import ApiKey, Scope, Segment, Team, User
from catalogue.permissions import Actor, check_can_administer, check_is_site_admin
from catalogue.segments.changes import record

SHAPE = re.compile(r"segc_([a-z0-9]{8})_([A-Za-z0-9_-]{43})([0-9A-Za-z]{6})")
PREFIX_LETTERS = string.ascii_lowercase + string.digits
BASE_62 = string.digits + string.ascii_letters
CHECKSUM_LENGTH = 6
LONGEST_NAME = 200


class KeyRefused(Exception):
    """A key may not be made like this; the message is for people."""


def create_key(
    *,
    team: Team,
    name: str,
    scopes: Collection[str],
    segments: Collection[Segment] = (),
    expires_at: datetime | None = None,
    by: Actor,
    via: str,
) -> tuple[ApiKey, str]:
    """A new key of the team, and its text, which is never shown again. `segments` narrows it to
    those; none: all of the team. Raises KeyRefused and PermissionDenied."""
    check_can_administer(by, team)
    _check(team, name, scopes, segments)
    _check_for_site_admins(by, scopes)
    prefix = "".join(secrets.choice(PREFIX_LETTERS) for _ in range(8))
    whole = f"segc_{prefix}_{secrets.token_urlsafe(32)}"
    text = whole + checksum(whole)
    with transaction.atomic():
        key = ApiKey.objects.create(
            team=team,
            name=name.strip(),
            prefix=prefix,
            digest=digest(text),
            scopes=sorted({str(scope) for scope in scopes}),
            expires_at=expires_at,
            created_by=by if isinstance(by, User) else None,
        )
        key.segments.set(segments)
        _record("key.created", key, by=by, via=via)
    return key, text


def _check_for_site_admins(by: Actor, scopes: Collection[str]) -> None:
    """What only site admins may do, only they let a program do."""
    if Scope.ERASURES_WRITE in {str(scope) for scope in scopes}:
        check_is_site_admin(by)


def revoke_key(*, key: ApiKey, by: Actor, via: str) -> ApiKey:
    """End a key: the next request that carries it is refused. Nothing happens to one that was
    revoked before. Raises PermissionDenied."""
    check_can_administer(by, key.team)
    with transaction.atomic():
        if ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=Now()):
            _record("key.revoked", key, by=by, via=via)
    return ApiKey.objects.get(pk=key.pk)


def is_well_formed(text: str) -> bool:
    """Whether it can be a key at all: its shape and its checksum. Asks no database."""
    return (
        SHAPE.fullmatch(text) is not None
        and checksum(text[:-CHECKSUM_LENGTH]) == text[-CHECKSUM_LENGTH:]
    )


def find_key(text: str, now: datetime) -> ApiKey | None:
    """The key of this text if it is valid now: known, neither revoked nor expired."""
    if not is_well_formed(text):
        return None
    key = ApiKey.objects.select_related("team").filter(prefix=text.split("_")[1]).first()
    # Compare in any case, so that the time taken does not say whether the prefix exists.
    is_it = hmac.compare_digest(digest(text), key.digest if key else "0" * 64)
    return key if key is not None and is_it and key.is_valid(now) else None


def note_use(key: ApiKey, now: datetime) -> None:
    """Remember when the key was last used, to the minute: one write a minute at most."""
    minute = now.replace(second=0, microsecond=0)
    older = Q(last_used_at=None) | Q(last_used_at__lt=minute)
    if key.last_used_at is None or key.last_used_at < minute:
        ApiKey.objects.filter(older, pk=key.pk).update(last_used_at=minute)


def digest(text: str) -> str:
    """What is stored of a key's text."""
    return hashlib.sha256(text.encode()).hexdigest()


def checksum(whole: str) -> str:
    """The last six characters of a key: CRC-32 of all before, as digits and letters."""
    number = zlib.crc32(whole.encode())
    letters = []
    for _ in range(CHECKSUM_LENGTH):
        number, rest = divmod(number, len(BASE_62))
        letters.append(BASE_62[rest])
    return "".join(reversed(letters))


def _check(
    team: Team,
    name: str,
    scopes: Collection[str],
    segments: Collection[Segment],
) -> None:
    if not name.strip() or len(name.strip()) > LONGEST_NAME:
        raise KeyRefused(
            f"Name the key after the program that will use it, in at most {LONGEST_NAME} letters."
        )
    unknown = sorted(set(scopes) - set(Scope.values))
    if unknown or not scopes:
        known = ", ".join(Scope.values)
        said = f"There is no scope “{unknown[0]}”." if unknown else "A key needs a scope."
        raise KeyRefused(f"{said} There are: {known}.")
    foreign = sorted(segment.key for segment in segments if segment.team_id != team.pk)
    if foreign:
        raise KeyRefused(
            f"“{foreign[0]}” belongs to another team than {team.name}. A key lists segments of its"
            " own team only."
        )


def _record(kind: str, key: ApiKey, *, by: Actor, via: str) -> None:
    details = {
        "name": key.name,
        "scopes": key.scopes,
        "segments": list(key.segments.order_by("key").values_list("key", flat=True)),
        "expires_at": key.expires_at.isoformat() if key.expires_at else None,
    }
    record(
        kind,
        by=by,
        via=via,
        team=key.team,
        object_type="key",
        object_key=key.prefix,
        details=details,
    )
