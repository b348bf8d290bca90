"""Who of some members must not be used, and why: THE place where suppression and consent are looked
up, for every way out of the house."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pyroaring import BitMap

from catalogue.definitions.nodes import Subject
from catalogue.privacy import standing
from catalogue.warehouse.ordinals import SUBJECTS


@dataclass(frozen=True, slots=True, kw_only=True)
class Withheld:
    """Those of some members who must not be used, each once, by the first reason there is."""

    deleted: BitMap
    suppressed: BitMap
    without_consent: BitMap

    @property
    def everybody(self) -> BitMap:
        """All of them."""
        return self.deleted | self.suppressed | self.without_consent


def withheld_among(
    members: BitMap, *, subject: Subject, consent: str = "", now: datetime
) -> Withheld:
    """Those of `members` who are deleted, suppressed, or have not consented to the purpose
    `consent` ("": it is not known what for, and nobody's consent is asked). Read in the caller's
    transaction. Accounts are neither suppressed nor asked."""
    rows = SUBJECTS[subject].objects.filter(deleted_at__isnull=False)
    deleted = members & BitMap(rows.values_list("ordinal", flat=True))
    if subject != "customer":
        return Withheld(deleted=deleted, suppressed=BitMap(), without_consent=BitMap())
    state = standing.state_of(consent, now)
    suppressed = (members & standing.suppressed(consent, state)) - deleted
    rest = members - deleted - suppressed
    return Withheld(
        deleted=deleted,
        suppressed=suppressed,
        without_consent=_without_consent(rest, state, now) if consent else BitMap(),
    )


def _without_consent(members: BitMap, state: standing.State, now: datetime) -> BitMap:
    """Where consent is needed, everybody who has not given it; else who has said no."""
    found = standing.consent(state, now)
    return members - found.given if state.rule.is_needed else members & found.withdrawn


def privacy_state(consent: str, now: datetime) -> str:
    """A short text that is another one whenever other people may be used for the purpose: somebody
    was suppressed, lifted, deleted, merged or erased, said a word of consent, or a word has ended
    since. One query."""
    return str(standing.state_of(consent, now))
