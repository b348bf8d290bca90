"""What has to be sent for a list to hold its target, and whether the brake lets it be sent."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q
from pyroaring import BitMap

from catalogue import published
from integrations.models import Audience, Rejection, Side, SyncMode
from integrations.models.audience import read_bitmap, write_bitmap
from integrations.sync.brake import Steps, brake_sentence
from integrations.sync.identities import hashed, name_members, name_sent
from integrations.sync.plan import Plan, plan
from integrations.sync.targets import Target


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """The steps, and why they may not be taken without a person (None: they may)."""

    steps: Plan
    brake: str | None


def planned(audience: Audience, target: Target, *, now: datetime) -> Planned:
    """The steps of a list, which comes with its destination, to its target."""
    steps = make_plan(audience, target, now=now)
    return Planned(steps=steps, brake=brake_sentence(_weighed(audience, target, steps)))


def make_plan(audience: Audience, target: Target, *, now: datetime) -> Plan:
    """What has to be sent for the list to hold the target."""
    there = audience.acknowledged_members() | audience.uncertain_members()
    consent = target.sheet.setup.consent
    is_additive = target.sheet.setup.mode in (SyncMode.ADDITIVE,)
    return plan(
        target=target.ordinals,
        acknowledged=audience.acknowledged_members(),
        uncertain=audience.uncertain_members(),
        parked=_parked(audience, target, now),
        renamed=_renamed(audience, target, now),
        stale=_stale(audience, target),
        barred=published.barred(there, consent=consent, now=now) if is_additive else None,
    )


def _parked(audience: Audience, target: Target, now: datetime) -> BitMap:
    """Members whom the tool refused as they are now. Under a new identity they are tried again,
    and after the days that the destination says; never those who opted out over there."""
    refused = Rejection.objects.filter(audience=audience, side=Side.THEIRS)
    days = audience.destination.retry_rejected_days
    if days:
        refused = refused.filter(Q(opted_out=True) | Q(at__gt=now - timedelta(days=days)))
    hashes = dict(refused.values_list("ordinal", "identity_hash"))
    members = BitMap(hashes)
    template = target.sheet.setup.identity
    names = dict(name_sent(audience.pk, members - target.ordinals, template))
    staying = members & target.ordinals
    names |= name_members(target.people, staying, template, now=now).identities
    return BitMap(
        ordinal for ordinal, identity in names.items() if hashes[ordinal] == hashed(identity)
    )


def _renamed(audience: Audience, target: Target, now: datetime) -> BitMap:
    """Members who are on the list under an identity that is no longer theirs."""
    template = target.sheet.setup.identity
    if not template.traits or audience.names_state == published.data_state():
        return BitMap()
    there = audience.acknowledged_members() | audience.uncertain_members()
    staying = there & target.ordinals
    current = name_members(target.people, staying, template, now=now).identities
    sent = name_sent(audience.pk, staying, template)
    return BitMap(ordinal for ordinal, name in current.items() if sent.get(ordinal, name) != name)


def _stale(audience: Audience, target: Target) -> BitMap:
    """Members of whom something else would be written to their fields than was."""
    there = audience.acknowledged_members() & target.ordinals
    sheet = target.sheet
    if audience.full_due or audience.fields_hash != target.fields_hash:
        return there
    stale = BitMap()
    if "entered_at" in sheet.setup.fields:
        stale |= published.entered_since(sheet.version, audience.version or 0)
    if "goal_state" in sheet.setup.fields:
        stale |= _moved(sent_goal_states(audience), sheet.goal_states)
    return stale & there


def _moved(before: Mapping[str, BitMap], now: Mapping[str, BitMap]) -> BitMap:
    """Who stands otherwise to the goal than before."""
    moved = BitMap()
    for state in {*before, *now}:
        moved |= before.get(state, BitMap()) ^ now.get(state, BitMap())
    return moved


def sent_goal_states(audience: Audience) -> dict[str, BitMap]:
    """How the confirmed stood to the goal when they were sent."""
    stored: dict[str, str] = audience.sent_goal_states
    return {state: read_bitmap(base64.b64decode(text)) for state, text in stored.items()}


def goal_states_fields(target: Target) -> dict[str, object]:
    """The field that keeps how the confirmed stand to the goal now."""
    if "goal_state" not in target.sheet.setup.fields:
        return {"sent_goal_states": {}}
    states = target.sheet.goal_states.items()
    kept = {state: write_bitmap(members & target.ordinals) for state, members in states}
    return {
        "sent_goal_states": {
            state: base64.b64encode(data).decode("ascii") for state, data in kept.items()
        }
    }


def removed_for_good(steps: Plan, target: BitMap) -> int:
    """How many members would be gone; one who only changes identity is not."""
    return len(steps.to_remove - target)


def _weighed(audience: Audience, target: Target, steps: Plan) -> Steps:
    version, key = target.sheet.version, audience.segment_key
    before = audience.version
    there = audience.acknowledged_members()
    return Steps(
        acknowledged=len(there),
        target=len(target.ordinals),
        to_remove=removed_for_good(steps, target.ordinals),
        to_add=len(steps.to_add - there),
        most_added_percent=audience.destination.most_added_percent,
        known_before=published.population(key, before) if before else 0,
        known_now=published.population(key, version.membership_version) if before else 0,
        is_edited=bool(before) and audience.definition_hash != version.definition_hash,
    )
