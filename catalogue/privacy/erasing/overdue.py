"""Telling admins of erasures that take longer than is promised."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from catalogue.models import Erasure, ErasureState
from catalogue.notices.telling import notify, site_admins


def tell_of_overdue_erasures(*, now: datetime) -> int:
    """Tell every site admin, once, of each erasure whose time is over; how many there are."""
    late = Erasure.objects.exclude(state=ErasureState.DONE).filter(due_at__lte=now, told_at=None)
    count = 0
    for erasure in late:
        with transaction.atomic():
            if not late.filter(pk=erasure.pk).update(told_at=now):
                continue
            for admin in site_admins():
                notify(admin, reason=_reason(erasure), link=page_of(erasure))
            count += 1
    return count


def page_of(erasure: Erasure) -> str:
    """The page with its evidence."""
    return f"/admin/catalogue/erasure/{erasure.pk}/change/"


def _reason(erasure: Erasure) -> str:
    waits = erasure.steps.filter(is_done=False)
    names = ", ".join(dict.fromkeys(one.place or one.name for one in waits)) or "its next step"
    return (
        f"Erasure {erasure.pk} should have been done by {erasure.due_at:%Y-%m-%d %H:%M} UTC and"
        f" waits for {names}. Look at its page, and help it on."
    )
