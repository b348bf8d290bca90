"""The inside of a sync, under its lease: find the list, plan, brake, send, seal."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from pyroaring import BitMap

from catalogue import published
from catalogue.crashpoint import crashpoint
from integrations.errors import (
    AudienceGone,
    AuthError,
    IntegrationError,
    RateLimited,
    TransientError,
)
from integrations.models import Audience, Rejection, SentIdentity, Side, SyncRun, SyncState
from integrations.models.audience import acknowledged_fields, write_bitmap
from integrations.protocol import Stamp
from integrations.sync.brake import brake_sentence
from integrations.sync.destinations import open_destination, switch_off
from integrations.sync.eligibility import audience_of
from integrations.sync.identities import Template, hashed, name_members, name_sent
from integrations.sync.ledger import Hold
from integrations.sync.plan import Plan, plan
from integrations.sync.sending import Cancelled, Line, Sender, Stopped
from integrations.sync.wires import limits_of

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a person, or the timetable, asked for. `approve` lets this version pair past the brake;
    `recreate` makes a list anew that is gone; `ends_by` is when to stop sending."""

    actor: str
    approve: bool = False
    recreate: bool = False
    ends_by: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """One sync under way."""

    hold: Hold
    run: SyncRun
    audience: Audience
    version: published.PublishedVersion
    template: Template
    clock: Clock
    asked: Asked


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempted:
    """How far a sync came. `line` is set if the tool answers and its list can be read back;
    `fields` are to be written to the audience with the end of the run."""

    state: SyncState
    sentence: str = ""
    line: Line | None = None
    fields: dict[str, object] = field(default_factory=dict)


def attempt(work: Work) -> Attempted:
    """Sync as far as the tool lets us; its errors become the state of the run."""
    try:
        return _sync(work)
    except RateLimited as fault:
        return _postponed(fault.sentence, work.clock() + timedelta(seconds=fault.retry_after))
    except TransientError as fault:
        return Attempted(state=SyncState.INCOMPLETE, sentence=str(fault))
    except AuthError as fault:
        switch_off(work.audience.destination, fault.sentence)
        return Attempted(state=SyncState.STOPPED, sentence=str(fault))
    except IntegrationError as fault:
        fields: dict[str, object] = {"stopped_reason": fault.sentence}
        return Attempted(state=SyncState.STOPPED, sentence=str(fault), fields=fields)


def _sync(work: Work) -> Attempted:
    people = audience_of(work.version)
    line = _find_list(work)
    audience = Audience.objects.get(pk=work.audience.pk)
    steps = make_plan(audience, people, work.template, now=work.clock())
    braked = _brake(work, audience, steps, people.ordinals)
    if braked is not None:
        return braked
    work.run.to_add, work.run.to_remove = len(steps.to_add), len(steps.to_remove)
    work.run.save(update_fields=["to_add", "to_remove"])
    crashpoint("sync.planned")
    sender = Sender(
        hold=work.hold,
        run=work.run,
        line=line,
        version=work.version,
        stamp=_stamp(work.version, complete=False),
        template=work.template,
        limits=limits_of(work.audience.destination),
        clock=work.clock,
        ends_by=work.asked.ends_by,
    )
    try:
        sender.send(steps)
    except Cancelled as stop:
        # The timetable would take it up again within a minute.
        fields: dict[str, object] = {"stopped_reason": stop.sentence}
        return Attempted(state=SyncState.STOPPED, sentence=stop.sentence, fields=fields)
    except Stopped as stop:
        if stop.wait:
            return _postponed(stop.sentence, work.clock() + timedelta(seconds=stop.wait))
        return Attempted(state=SyncState.INCOMPLETE, sentence=stop.sentence)
    return _seal(work, line)


def _find_list(work: Work) -> Line:
    connector = open_destination(work.audience.destination)
    name, remembered = work.audience.name, work.audience.remote_id
    try:
        ref = connector.ensure_audience(name, remembered)
    except AudienceGone:
        if not work.asked.recreate:
            raise
        _forget_list(work)
        ref = connector.ensure_audience(name, "")
    crashpoint("sync.found")
    if ref.remote_id != remembered:
        work.hold.write(remote_id=ref.remote_id)
    return Line(connector=connector, ref=ref)


def _forget_list(work: Work) -> None:
    """The list is gone, and with it everybody on it."""
    nobody = write_bitmap(BitMap())
    work.hold.write(
        remote_id="",
        uncertain=nobody,
        sent=nobody,
        version=None,
        **acknowledged_fields(BitMap()),
    )
    SentIdentity.objects.filter(audience=work.audience).delete()


def make_plan(
    audience: Audience, people: published.Audience, template: Template, *, now: datetime
) -> Plan:
    """What has to be sent for the list to hold `people`."""
    return plan(
        target=people.ordinals,
        acknowledged=audience.acknowledged_members(),
        uncertain=audience.uncertain_members(),
        parked=_parked(audience, people, template, now),
        renamed=_renamed(audience, people, template, now),
    )


def _parked(
    audience: Audience, people: published.Audience, template: Template, now: datetime
) -> BitMap:
    """Members whom the tool refused as they are now; under a new identity they are tried again."""
    refused = Rejection.objects.filter(audience=audience, side=Side.THEIRS)
    hashes = dict(refused.values_list("ordinal", "identity_hash"))
    members = BitMap(hashes)
    names = dict(name_sent(audience.pk, members - people.ordinals, template))
    names |= name_members(people, members & people.ordinals, template, now=now).identities
    return BitMap(
        ordinal for ordinal, identity in names.items() if hashes[ordinal] == hashed(identity)
    )


def _renamed(
    audience: Audience,
    people: published.Audience,
    template: Template,
    now: datetime,
) -> BitMap:
    """Members who are on the list under an identity that is no longer theirs."""
    if not template.traits:
        return BitMap()
    there = audience.acknowledged_members() | audience.uncertain_members()
    staying = there & people.ordinals
    current = name_members(people, staying, template, now=now).identities
    sent = name_sent(audience.pk, staying, template)
    return BitMap(ordinal for ordinal, name in current.items() if sent.get(ordinal, name) != name)


def removed_for_good(steps: Plan, target: BitMap) -> int:
    """How many members would be gone; one who only changes identity is not."""
    return len(steps.to_remove - target)


def _brake(work: Work, audience: Audience, steps: Plan, target: BitMap) -> Attempted | None:
    number = work.version.membership_version
    if work.asked.approve:
        work.hold.write(approved_from=audience.version or 0, approved_to=number)
    elif not audience.is_approved(number):
        sentence = brake_sentence(
            acknowledged=audience.acknowledged_count,
            target=len(target),
            to_remove=removed_for_good(steps, target),
        )
        if sentence:
            fields: dict[str, object] = {"braked_at_version": number}
            return Attempted(state=SyncState.BRAKED, sentence=sentence, fields=fields)
    return None


def _seal(work: Work, line: Line) -> Attempted:
    work.run.refresh_from_db()
    if work.run.unknown:
        sentence = (
            f"The tool gave no certain answer for {work.run.unknown:,} members; they are looked up "
            "or sent again with the next sync."
        )
        return Attempted(state=SyncState.INCOMPLETE, sentence=sentence, line=line)
    line.connector.seal(line.ref, _stamp(work.version, complete=True))
    crashpoint("sync.sealed")
    fields: dict[str, object] = {
        "version": work.version.membership_version,
        "definition_hash": work.version.definition_hash,
        "confirmed_at": work.clock(),
        "repair_due": False,
        "braked_at_version": None,
        "approved_from": None,
        "approved_to": None,
    }
    return Attempted(state=SyncState.SUCCEEDED, sentence=_refusals(work), line=line, fields=fields)


def _refusals(work: Work) -> str:
    count = Rejection.objects.filter(audience=work.audience).count()
    return f"{count:,} members cannot be sent or are refused by the tool." if count else ""


def _postponed(sentence: str, until: datetime) -> Attempted:
    fields: dict[str, object] = {"not_before": until}
    said = f"{sentence} The rest follows after {until:%Y-%m-%d %H:%M:%S} UTC."
    return Attempted(state=SyncState.INCOMPLETE, sentence=said, fields=fields)


def _stamp(version: published.PublishedVersion, *, complete: bool) -> Stamp:
    return Stamp(
        segment_key=version.key,
        definition_hash=version.definition_hash,
        membership_version=version.membership_version,
        as_of=version.now,
        complete=complete,
    )
