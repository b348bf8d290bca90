"""What a copy elsewhere has to be told besides what versions say: of members who are withheld, and
of those who were and are not any more."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from pyroaring import BitMap

from catalogue.definitions.nodes import Subject
from catalogue.privacy.suppressions import lifted_among, since_among
from catalogue.published.people import withholding
from catalogue.warehouse.ordinals import SUBJECTS

Reason = Literal["deleted", "suppressed", ""]


@dataclass(frozen=True, slots=True, kw_only=True)
class ToTell:
    """Members of one version: `deleted` and `suppressed` left, `returned` were suppressed and are
    members like all others again."""

    deleted: BitMap
    suppressed: BitMap
    returned: BitMap

    @property
    def withheld(self) -> BitMap:
        """Those who left."""
        return self.deleted | self.suppressed

    @property
    def everybody(self) -> BitMap:
        """Of whom there is something to tell."""
        return self.withheld | self.returned

    @property
    def digest(self) -> str:
        """A short name of all this; empty when there is nothing to tell."""
        if not self.everybody:
            return ""
        text = bytes(self.withheld.to_array())
        if self.returned:
            text += b"and back " + bytes(self.returned.to_array())
        return hashlib.sha256(text).hexdigest()[:16]

    def reason(self, ordinal: int) -> Reason:
        """Why somebody left; "" of those who returned."""
        if ordinal in self.deleted:
            return "deleted"
        return "suppressed" if ordinal in self.suppressed else ""


def to_tell(members: BitMap, subject: Subject) -> ToTell:
    """What there is to tell of these members now."""
    found = withholding(members, subject)
    returned = BitMap()
    if subject == "customer":
        returned = lifted_among(members) - found.everybody
    return ToTell(deleted=found.deleted, suppressed=found.suppressed, returned=returned)


def times_of(some: BitMap, told: ToTell, subject: Subject) -> dict[int, datetime]:
    """When each of some was deleted, suppressed or lifted, as far as that is known."""
    rows = SUBJECTS[subject].objects.filter(deleted_at__isnull=False)
    gone = rows.filter(pk__in=list(some & told.deleted)).values_list("pk", "deleted_at")
    found = {ordinal: at for ordinal, at in gone if at is not None}
    return found | since_among(some & (told.suppressed | told.returned))
