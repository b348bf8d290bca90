"""Who should be on a list: the newest members, less those who may not be sent, less those whom a
more important segment has in the same tool."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from pyroaring import BitMap

from catalogue import published
from integrations.models import Audience
from integrations.sync.eligibility import allowed_people
from integrations.sync.records import Sheet, sheet_of
from integrations.sync.setup import setup_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """`people` may be sent; `ordinals` of them should be on the list. `state` is another text when
    the target, or what is written of it, may be another; `taken`: how many are in a list that comes
    first."""

    people: published.Audience
    ordinals: BitMap
    sheet: Sheet
    state: str
    fields_hash: str
    taken: int

    def waterfall(self) -> dict[str, int]:
        """How many are left at each step between the segment and what is sent."""
        eligible = self.people.eligible
        return {
            "members": eligible.members,
            "deleted": eligible.deleted,
            "suppressed": eligible.suppressed,
            "without_consent": eligible.without_consent,
            "in_other_lists": self.taken,
            "wanted": len(self.ordinals),
        }


def target_of(audience: Audience, version: published.PublishedVersion, *, now: datetime) -> Target:
    """The target of a list at `now`; it comes with its destination."""
    setup = setup_of(audience.destination, segment=audience.segment_key)
    people = allowed_people(version, consent=setup.consent, now=now)
    before = _before(audience)
    taken = _members_of(before, setup.consent, now) & people.ordinals
    sheet = sheet_of(audience.pk, setup, version, audience.segment_key)
    fields_hash = _hash([sheet.about, dict(setup.fields)]) if setup.fields else ""
    return Target(
        people=people,
        ordinals=people.ordinals - taken,
        sheet=sheet,
        state=state_of(audience, version, before, fields_hash, now),
        fields_hash=fields_hash,
        taken=len(taken),
    )


def state_now(audience: Audience, version: published.PublishedVersion, *, now: datetime) -> str:
    """The state of a list's target, without reading anybody: cheap, for asking what is due."""
    setup = setup_of(audience.destination, segment=audience.segment_key)
    fields_hash = ""
    if setup.fields:
        sheet = sheet_of(audience.pk, setup, version, audience.segment_key)
        fields_hash = _hash([sheet.about, dict(setup.fields)])
    return state_of(audience, version, _before(audience), fields_hash, now)


def state_of(
    audience: Audience,
    version: published.PublishedVersion,
    before: Sequence[published.PublishedVersion],
    fields_hash: str,
    now: datetime,
) -> str:
    """What a target is made of, as a short text."""
    destination = audience.destination
    goal = destination.options.get("field_goal_state") and published.goal_state_of(version.key)
    return _hash(
        [
            version.membership_version,
            published.privacy_state(destination.purpose, now=now),
            [(one.key, one.membership_version) for one in before],
            destination.mode,
            fields_hash,
            goal or "",
        ]
    )


def _before(audience: Audience) -> list[published.PublishedVersion]:
    """The newest versions of the segments that come first in this tool."""
    order: list[str] = audience.destination.priority
    if audience.segment_key not in order:
        return []
    keys = order[: order.index(audience.segment_key)]
    there = Audience.objects.filter(destination=audience.destination_id, segment_key__in=keys)
    newest = [published.newest(key) for key in there.values_list("segment_key", flat=True)]
    found = [one for one in newest if one is not None and one.status == "live"]
    return sorted(found, key=lambda one: order.index(one.key))


def _members_of(
    versions: Sequence[published.PublishedVersion], consent: str, now: datetime
) -> BitMap:
    found = BitMap()
    for version in versions:
        found |= allowed_people(version, consent=consent, now=now).ordinals
    return found


def _hash(content: object) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
