"""Notices are mailed once, to those who can be, and again when the server did not answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone
from pytest_django.fixtures import Settings

from catalogue.models import Notice, User
from catalogue.notices.mailing import LEASE, mail_notices
from catalogue.notices.telling import notify
from catalogue.tasks import mail as mail_task
from catalogue.tasks import tick
from catalogue.warehouse import leases
from tests.catalogue.segments.ground import seat

pytestmark = pytest.mark.django_db


class Down(BaseEmailBackend):
    """A server that does not answer."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        raise ConnectionRefusedError("nobody there")


@pytest.fixture
def mia() -> User:
    return seat("mia")


def test_a_notice_is_mailed_once_with_its_reason_and_the_way_to_it(
    mia: User, settings: Settings
) -> None:
    settings.PUBLIC_URL = "https://segments.example"
    told = notify(mia, reason="It is too hot.\nOpen a window.", link="/runs/7/")

    tick()
    mail_task()
    tick()

    (sent,) = mail.outbox
    assert (sent.to, sent.subject) == ([mia.email], "It is too hot. Open a window.")
    assert "It is too hot.\nOpen a window.\n\nhttps://segments.example/runs/7/\n" in sent.body
    assert Notice.objects.get(pk=told.pk).mailed_at is not None


def test_nothing_is_mailed_to_who_left_has_no_address_or_saw_it_nor_what_is_old(mia: User) -> None:
    now = timezone.now()
    gone, nowhere, quick = seat("gone"), seat("nowhere"), seat("quick")
    User.objects.filter(pk=gone.pk).update(is_active=False)
    User.objects.filter(pk=nowhere.pk).update(email="")
    for user in (gone, nowhere, quick, mia):
        notify(user, reason="It is too hot.", link="/")
    Notice.objects.filter(user=quick).update(seen_at=now)
    Notice.objects.filter(user=mia).update(created_at=now - timedelta(days=2))

    assert mail_notices(now=now) == 0
    assert mail.outbox == []


def test_while_the_server_does_not_answer_notices_wait(mia: User, settings: Settings) -> None:
    told, right = notify(mia, reason="It is too hot.", link="/"), settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = f"{__name__}.Down"
    assert mail_notices(now=timezone.now()) == 0
    assert Notice.objects.get(pk=told.pk).mailed_at is None
    settings.EMAIL_BACKEND = right
    assert mail_notices(now=timezone.now()) == 1


def test_two_workers_do_not_mail_at_once(mia: User) -> None:
    notify(mia, reason="It is too hot.", link="/")
    fence = leases.take(LEASE, "another worker", 60)
    assert mail_notices(now=timezone.now()) == 0
    assert fence is not None
    leases.release(LEASE, fence)
    assert mail_notices(now=timezone.now()) == 1
