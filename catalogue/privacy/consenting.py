"""Noting words of consent: given or withdrawn, for a purpose, by a customer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from catalogue.models import Consent, PrivacyState, User
from catalogue.permissions import Actor, label_of
from catalogue.privacy.purposes import check_purpose
from catalogue.privacy.refusals import PrivacyRefused
from catalogue.privacy.rights import check_can_note_consent
from catalogue.segments.changes import record
from catalogue.warehouse import ordinals

LONGEST_SOURCE = 200
AT_ONCE = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """What a customer said. `source`: where, for people; `expires_at`: until when given holds."""

    customer_id: str
    purpose: str
    is_given: bool
    source: str
    at: datetime
    expires_at: datetime | None = None


def say(*, word: Word, now: datetime, by: Actor, via: str) -> Consent:
    """Note what one customer said. The newest word counts, also when an older one is noted later.
    Raises PermissionDenied and PrivacyRefused."""
    return say_all(words=[word], now=now, by=by, via=via)[0]


def say_all(*, words: Sequence[Word], now: datetime, by: Actor, via: str) -> list[Consent]:
    """The same of many, all or none."""
    check_can_note_consent(by)
    for word in words:
        check_word(word, now)
    for purpose in {word.purpose for word in words}:
        check_purpose(purpose)
    known = ordinals.look_up(list({word.customer_id for word in words}), "customer")
    for word in words:
        if word.customer_id not in known or known[word.customer_id].deleted_at is not None:
            raise PrivacyRefused(
                f"There is no customer “{word.customer_id[:80]}”.", pointer="/customer_id"
            )
    rows = [_row(word, known[word.customer_id].ordinal, by) for word in words]
    with transaction.atomic():
        PrivacyState.move_on()
        Consent.objects.bulk_create(rows, batch_size=AT_ONCE)
        _record(rows, by=by, via=via)
    return rows


def check_word(word: Word, now: datetime) -> None:
    """Raises PrivacyRefused for a word that cannot be."""
    if not word.source.strip():
        raise PrivacyRefused("Say where they said so.", pointer="/source")
    if len(word.source) > LONGEST_SOURCE:
        raise PrivacyRefused(
            f"The source has {len(word.source):,} characters; at most {LONGEST_SOURCE} are kept.",
            pointer="/source",
        )
    if word.at > now:
        raise PrivacyRefused("Nobody can have said so in the future.", pointer="/at")
    if word.expires_at is not None and not word.is_given:
        raise PrivacyRefused(
            "Only consent that is given expires; what is withdrawn stays so until it is given"
            " again.",
            pointer="/expires_at",
        )
    if word.expires_at is not None and word.expires_at <= word.at:
        raise PrivacyRefused("It would expire before it was given.", pointer="/expires_at")


def _row(word: Word, ordinal: int, by: Actor) -> Consent:
    return Consent(
        ordinal=ordinal,
        purpose=word.purpose,
        is_given=word.is_given,
        source=word.source.strip(),
        at=word.at,
        expires_at=word.expires_at,
        user=by if isinstance(by, User) else None,
        added_by=label_of(by),
    )


def _record(rows: Sequence[Consent], *, by: Actor, via: str) -> None:
    """One entry in the log for all, which names nobody."""
    if not rows:
        return
    given = sum(row.is_given for row in rows)
    record(
        "consent.noted",
        by=by,
        via=via,
        object_type="consent",
        object_key=str(rows[0].pk) if len(rows) == 1 else "",
        details={
            "purposes": sorted({row.purpose for row in rows}),
            "given": given,
            "withdrawn": len(rows) - given,
        },
    )
