"""A number that says whether two sides hold the same people, without naming any: the sum over all
ids of the first 8 bytes of SHA-256(id), big-endian, modulo 2^64.

It does not depend on an order, and can be carried from version to version by what entered and left.
A sum, not XOR, so that an id held twice is seen.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from django.core.cache import cache
from pyroaring import BitMap
from redis import RedisError

from catalogue.membership import bitmaps
from catalogue.membership.versions import members_of
from catalogue.models import MembershipVersion
from catalogue.warehouse import ordinals

MODULUS = 2**64
DAY = 86_400


def checksum(ids: Iterable[str]) -> str:
    """Of these ids, as 16 hexadecimal digits."""
    return _text(_sum(ids))


def checksum_without(row: MembershipVersion, withheld: BitMap) -> str:
    """Of the members of a version, less those withheld. Raises DamagedVersion."""
    return _text((_total(row) - _sum_of(withheld, row)) % MODULUS)


def _total(row: MembershipVersion) -> int:
    """Of all members of a version: from the version before when its sum is known."""
    known = _recall(row)
    if known is None:
        rows = MembershipVersion.objects.only("published_at", "sha256")
        before = rows.filter(segment=row.segment_id, number=row.number - 1).first()
        start = _recall(before) if before else None
        known = _sum_of(members_of(row), row) if start is None else _step(row, start)
        _keep(row, known)
    return known


def _step(row: MembershipVersion, start: int) -> int:
    entered, left = bitmaps.load(row.entered), bitmaps.load(row.left)
    return (start + _sum_of(entered, row) - _sum_of(left, row)) % MODULUS


def _sum_of(some: BitMap, row: MembershipVersion) -> int:
    return _sum(one for _, one in ordinals.ids_of(some, row.subject))


def _sum(ids: Iterable[str]) -> int:
    return sum(_share(customer_id) for customer_id in ids) % MODULUS


def _share(customer_id: str) -> int:
    return int.from_bytes(hashlib.sha256(customer_id.encode()).digest()[:8], "big")


def _text(total: int) -> str:
    return f"{total:016x}"


# A version never changes, and an ordinal is never given to anybody else, so what is remembered of
# a version stays right. Without a cache it is only slower.
def _name(row: MembershipVersion) -> str:
    return f"members:{row.pk}:{row.published_at.timestamp()}:{row.sha256}"


def _recall(row: MembershipVersion) -> int | None:
    try:
        found = cache.get(_name(row))
    except (RedisError, OSError):
        return None
    return None if found is None else int(found, 16)


def _keep(row: MembershipVersion, total: int) -> None:
    try:
        cache.set(_name(row), _text(total), timeout=DAY)
    except (RedisError, OSError):
        return
