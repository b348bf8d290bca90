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
    ConfigError,
    IntegrationError,
    RateLimited,
    TransientError,
)
from integrations.models import (
    Audience,
    Destination,
    LeaseLost,
    Rejection,
    SentIdentity,
    SyncRun,
    SyncState,
)
from integrations.models.audience import acknowledged_fields, write_bitmap
from integrations.protocol import AudienceRef, Stamp
from integrations.sync.destinations import open_destination, switch_off
from integrations.sync.hold import Hold
from integrations.sync.planning import Planned, goal_states_fields, planned
from integrations.sync.pushing import Line
from integrations.sync.requests import Requests
from integrations.sync.sending import Cancelled, Sender, Stopped
from integrations.sync.targets import Target, target_of
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
    """One sync under way. `turn` is the fence of a tool that only one worker may speak to."""

    hold: Hold
    run: SyncRun
    audience: Audience
    version: published.PublishedVersion
    clock: Clock
    asked: Asked
    requests: Requests
    turn: int | None = None

    def keep_turn(self) -> None:
        """Keep up the turn, where there is one; LeaseLost if another worker has it by now."""
        if self.turn is not None and not Destination.objects.keep(
            self.audience.destination_id, fence=self.turn, seconds=self.hold.seconds
        ):
            raise LeaseLost("Another worker speaks to this tool by now.")


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
    line = _find_list(work)
    names_state = published.data_state()
    audience = Audience.objects.select_related("destination").get(pk=work.audience.pk)
    target = target_of(audience, work.version, now=work.clock())
    found = planned(audience, target, now=work.clock())
    braked = _brake(work, audience, found)
    if braked is not None:
        return braked
    work.run.to_add, work.run.to_remove = len(found.steps.to_add), len(found.steps.to_remove)
    work.run.waterfall = target.waterfall()
    work.run.save(update_fields=["to_add", "to_remove", "waterfall"])
    crashpoint("sync.planned")
    sender = Sender(
        hold=work.hold,
        run=work.run,
        line=line,
        target=target,
        stamp=stamp_of(work.version, complete=False),
        limits=limits_of(audience.destination),
        clock=work.clock,
        ends_by=work.asked.ends_by,
        keep_turn=work.keep_turn,
    )
    try:
        sender.send(found.steps)
    except Cancelled as stop:
        # The timetable would take it up again within a minute.
        fields: dict[str, object] = {"stopped_reason": stop.sentence}
        return Attempted(state=SyncState.STOPPED, sentence=stop.sentence, fields=fields)
    except Stopped as stop:
        if stop.wait:
            return _postponed(stop.sentence, work.clock() + timedelta(seconds=stop.wait))
        return Attempted(state=SyncState.INCOMPLETE, sentence=stop.sentence)
    return _seal(work, line, target, names_state)


def _find_list(work: Work) -> Line:
    connector = open_destination(
        work.audience.destination, work.requests.add, may_ask=work.hold.may_ask
    )
    name, remembered = work.audience.name, work.audience.remote_id
    try:
        ref = connector.ensure_audience(name, remembered)
    except AudienceGone:
        if not work.asked.recreate:
            raise
        # Written first: whatever comes of it, nobody is taken to be on a list that is new.
        _doubt_everybody(work)
        ref = connector.ensure_audience(name, "")
        # A new list may well have the old one's id, and an old one may come back with its people.
        if ref.created or ref.remote_id != remembered:
            _forget_list(work)
        remembered = ""
    crashpoint("sync.found")
    _refuse_a_list_of_two(work.audience, ref)
    if ref.remote_id != remembered:
        work.hold.write(remote_id=ref.remote_id)
    return Line(connector=connector, ref=ref)


def _refuse_a_list_of_two(audience: Audience, ref: AudienceRef) -> None:
    """Two segments that write to one list would each remove what the other adds."""
    others = Audience.objects.filter(destination=audience.destination_id, remote_id=ref.remote_id)
    other = others.exclude(pk=audience.pk).first()
    if other is not None:
        raise ConfigError(
            f"The list {ref.name} in {audience.destination.key} is that of the segment"
            f" {other.segment_key} already. Give this segment a list of its own (sync: as)."
        )


def _doubt_everybody(work: Work) -> None:
    """Whoever was on the list may be on it, or not."""
    audience = Audience.objects.get(pk=work.audience.pk)
    there = audience.uncertain_members() | audience.acknowledged_members()
    nobody = acknowledged_fields(BitMap())
    work.hold.write(uncertain=write_bitmap(there), version=None, **nobody)


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


def _brake(work: Work, audience: Audience, found: Planned) -> Attempted | None:
    number = work.version.membership_version
    if work.asked.approve:
        work.hold.write(approved_from=audience.version or 0, approved_to=number)
    elif found.brake and not audience.is_approved(number):
        fields: dict[str, object] = {"braked_at_version": number}
        return Attempted(state=SyncState.BRAKED, sentence=found.brake, fields=fields)
    return None


def _seal(work: Work, line: Line, target: Target, names_state: str) -> Attempted:
    work.run.refresh_from_db()
    if work.run.unknown:
        sentence = (
            f"The tool gave no certain answer for {work.run.unknown:,} members; they are looked up "
            "or sent again with the next sync."
        )
        return Attempted(state=SyncState.INCOMPLETE, sentence=sentence, line=line)
    line.connector.seal(line.ref, stamp_of(work.version, complete=True))
    crashpoint("sync.sealed")
    fields: dict[str, object] = {
        "version": work.version.membership_version,
        "definition_hash": work.version.definition_hash,
        "confirmed_at": work.clock(),
        "target_state": target.state,
        "fields_hash": target.fields_hash,
        "names_state": names_state,
        **goal_states_fields(target),
        "full_due": False,
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


def stamp_of(version: published.PublishedVersion, *, complete: bool) -> Stamp:
    """What a list is an image of, when it holds all of a version (or is being brought there)."""
    return Stamp(
        segment_key=version.key,
        definition_hash=version.definition_hash,
        membership_version=version.membership_version,
        as_of=version.now,
        complete=complete,
    )
