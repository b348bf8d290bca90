"""Notices by e-mail. A row says what is to be sent; what fails is tried again on the next tick."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db.models import QuerySet
from django.utils.text import Truncator

from catalogue.models import Notice
from catalogue.warehouse import leases

LEASE = "mail"
LEASE_SECONDS = 300
# What could not be sent for so long is no news any more; it still stands on the home page.
TRIED_FOR = timedelta(days=1)
AT_ONCE = 50
SUBJECT_LENGTH = 120

logger = logging.getLogger(__name__)


def waiting_mail(*, now: datetime) -> QuerySet[Notice]:
    """The notices that wait to be sent: of active logins that have an address, oldest first."""
    rows = Notice.objects.filter(
        mailed_at=None, seen_at=None, created_at__gt=now - TRIED_FOR, user__is_active=True
    )
    return rows.exclude(user__email="").order_by("pk")


def mail_notices(*, now: datetime) -> int:
    """Send what waits, and say how many were sent; none while another worker sends. A mail is sent
    at least once: twice when the worker dies between sending and noting it."""
    fence = leases.take(LEASE, leases.this_process(), LEASE_SECONDS)
    if fence is None:
        return 0
    try:
        return _send(list(waiting_mail(now=now).select_related("user")[:AT_ONCE]), now)
    except OSError as error:
        logger.warning("the mail server does not answer (%s); notices wait for the tick", error)
        return 0
    finally:
        leases.release(LEASE, fence)


def _send(notices: list[Notice], now: datetime) -> int:
    sent = 0
    with get_connection() as connection:
        for notice in notices:
            message = _message(notice)
            message.connection = connection
            try:
                message.send()
            except SMTPException as error:
                logger.warning("notice %s could not be mailed: %s", notice.pk, error)
                continue
            sent += Notice.objects.filter(pk=notice.pk).update(mailed_at=now)
    return sent


def _message(notice: Notice) -> EmailMessage:
    page, home = settings.PUBLIC_URL + notice.link, settings.PUBLIC_URL + "/"
    return EmailMessage(
        # A header has one line.
        subject=Truncator(" ".join(notice.reason.split())).chars(SUBJECT_LENGTH),
        body=f"{notice.reason}\n\n{page}\n\nIt stands on your home page until you mark it as seen:"
        f" {home}\n",
        to=[notice.user.email],
    )
