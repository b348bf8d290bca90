"""Leases: who may do a thing now. Each claim is one conditional UPDATE by the database's clock.

Only a fence proves a lease: a worker that was stopped past its time and wakes up still believes in
it. Check `renew` or `still_mine` in the transaction that writes the result.
"""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Now

from catalogue.models import Lease


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Who holds a lease now, and until when if they do not renew it."""

    name: str
    fence: int
    expires_at: datetime


def this_process() -> str:
    """A holder's name that says where to look: host and process."""
    return f"{socket.gethostname()}:{os.getpid()}"


def take(name: str, holder: str, seconds: float) -> int | None:
    """Take a free or expired lease for `seconds`; its new fence, or None when somebody holds it."""
    Lease.objects.get_or_create(name=name)
    free = Q(expires_at__isnull=True) | Q(expires_at__lte=Now())
    with transaction.atomic():
        taken = Lease.objects.filter(free, name=name).update(
            holder=holder, fence=F("fence") + 1, expires_at=Now() + timedelta(seconds=seconds)
        )
        return Lease.objects.values_list("fence", flat=True).get(name=name) if taken else None


def renew(name: str, fence: int, seconds: float) -> bool:
    """Hold it for `seconds` from now; False when it expired or was taken over."""
    mine = Lease.objects.filter(name=name, fence=fence, expires_at__gt=Now())
    return bool(mine.update(expires_at=Now() + timedelta(seconds=seconds)))


def release(name: str, fence: int) -> None:
    """Give it back, unless it is somebody else's by now."""
    Lease.objects.filter(name=name, fence=fence).update(holder="", expires_at=None)


def still_mine(name: str, fence: int) -> bool:
    """Whether this fence holds the lease at this moment."""
    return Lease.objects.filter(name=name, fence=fence, expires_at__gt=Now()).exists()


def held_by(name: str) -> Holder | None:
    """Who holds it now."""
    lease = Lease.objects.filter(name=name, expires_at__gt=Now()).first()
    if lease is None or lease.expires_at is None:
        return None
    return Holder(name=lease.holder, fence=lease.fence, expires_at=lease.expires_at)


def is_dead(holder: Holder) -> bool:
    """Whether the holder was a process of this machine that is no more."""
    host, _, pid = holder.name.rpartition(":")
    if host != socket.gethostname() or not pid.isdigit():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False
