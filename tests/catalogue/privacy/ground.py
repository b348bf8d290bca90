"""A published segment of the small workspace, and short ways to suppress and to say consent."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.utils import timezone

from catalogue import published
from catalogue.models import Consent, Suppression, Via
from catalogue.privacy.consenting import Word, say
from catalogue.privacy.suppressing import Entry, suppress
from catalogue.published import Audience, PublishedVersion, Purpose
from catalogue.warehouse.ordinals import ordinals_of
from tests.catalogue.membership.ground import make_segment, publish
from tests.catalogue.workspace import load_workspace

EVERYBODY = ("ada", "bob", "cleo", "dan", "eve")


def segment_of(*ids: str, key: str = "payers") -> PublishedVersion:
    """The first version of a segment with these members, in the loaded workspace."""
    load_workspace()
    publish(make_segment(key), set(ordinals_of(ids)[0]), day=0)
    version = published.newest(key)
    assert version is not None
    return version


def stop(
    customer_id: str = "", *, address: str = "", purpose: str = "", source: str = "admin"
) -> Suppression:
    """Suppress somebody."""
    entry = Entry(customer_id=customer_id, address=address, purpose=purpose, reason="Asked us to.")
    return suppress(entry=entry, source=source, now=timezone.now(), by=None, via=Via.COMMAND)


def word(
    customer_id: str,
    *,
    given: bool,
    purpose: str = "marketing",
    ago: timedelta = timedelta(),
    expires_at: datetime | None = None,
) -> Consent:
    """Have somebody say a word of consent."""
    now = timezone.now()
    said = Word(
        customer_id=customer_id,
        purpose=purpose,
        is_given=given,
        source="newsletter form",
        at=now - ago,
        expires_at=expires_at,
    )
    return say(word=said, now=now, by=None, via=Via.COMMAND)


def audience(
    version: PublishedVersion, consent: str = "", *, now: datetime | None = None
) -> Audience:
    """Who may be used."""
    return published.people(version, purpose=Purpose.SYNC, viewer=None, consent=consent, now=now)


def names(found: Audience) -> list[str]:
    """Their ids."""
    return [name for _, name in found.ids()]


def ordinals(ids: Iterable[str]) -> list[int]:
    """The ordinals of some customers."""
    return list(ordinals_of(ids)[0])
