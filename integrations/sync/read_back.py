"""What a tool really holds, compared with what it had confirmed; then we believe our eyes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from pyroaring import BitMap

from catalogue.crashpoint import crashpoint
from integrations.models import Audience, DriftReport
from integrations.models.audience import acknowledged_fields, write_bitmap
from integrations.protocol import Counted, Observed, Record, Unverifiable
from integrations.sync.hold import Hold
from integrations.sync.identities import name_sent
from integrations.sync.ledger import forget_names
from integrations.sync.opt_outs import note_opt_outs
from integrations.sync.plan import slices
from integrations.sync.pushing import Line
from integrations.sync.recognition import Known, known_by
from integrations.sync.records import remote_ids
from integrations.sync.setup import Setup

# Members whose names are read together.
READ_TOGETHER = 10_000
# How many members a report names of each kind.
EVIDENCE = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """`ours` are members of the list that we sent; `foreign` ids we never sent. missing: confirmed
    but not there. extra: there and sent, but confirmed gone or refused. `held`: how many different
    members there were. `nameless` may be on the list, and would not be recognised there: the tool
    never told its id of them."""

    ours: BitMap
    foreign: tuple[str, ...]
    missing: BitMap
    extra: BitMap
    held: int
    nameless: BitMap


def compare(
    *, observed: Iterable[str], known: Known, acknowledged: BitMap, uncertain: BitMap
) -> Comparison:
    """What a list holds against what we know of it. A member that was uncertain and is there is no
    drift: the read-back has answered the question."""
    ours, foreign, held = known.seen_in(observed)
    return Comparison(
        ours=ours,
        foreign=tuple(foreign),
        missing=acknowledged - ours,
        extra=ours - acknowledged - uncertain,
        held=held,
        nameless=uncertain - known.everybody,
    )


def read_back(
    *, hold: Hold, line: Line, setup: Setup, clock: Callable[[], datetime]
) -> DriftReport:
    """Read the list, keep a report, and correct what we believe, so that the next sync repairs.

    The caller holds the lease. Raises TransientError if the list could not be read to its end; then
    nothing is changed.
    """
    audience = Audience.objects.get(pk=hold.audience_id)
    answer = line.connector.read_back(line.ref)
    if isinstance(answer, Unverifiable):
        return unread(audience.pk, answer.reason, now=clock())
    if isinstance(answer, Counted):
        return _count(audience, answer, clock())
    known = known_of(audience, line, setup)
    seen = compare(
        observed=_keys(line, setup, answer.identities),
        known=known,
        acknowledged=audience.acknowledged_members(),
        uncertain=audience.uncertain_members(),
    )
    as_of = clock()
    crashpoint("sync.read")
    report = _believe(hold, audience, seen, as_of=as_of, notes=answer.notes)
    opted_out, _, _ = known.seen_in(_keys(line, setup, answer.opted_out))
    note_opt_outs(audience.destination, opted_out, now=as_of)
    return report


def unread(audience_id: int, reason: str, *, now: datetime) -> DriftReport:
    """A report that says why nothing is known of what the list holds."""
    audience = Audience.objects.get(pk=audience_id)
    return DriftReport.objects.create(
        audience=audience,
        version=audience.version,
        as_of=now,
        verifiable=False,
        expected=audience.acknowledged_count,
        note=reason,
    )


def strangers(audience: Audience, line: Line, setup: Setup) -> list[Record]:
    """Whom the list holds that we never sent, as records that a tool can be asked to take off."""
    answer = line.connector.read_back(line.ref)
    if not isinstance(answer, Observed):
        return []
    _, foreign, _ = known_of(audience, line, setup).seen_in(_keys(line, setup, answer.identities))
    named = setup.names_by_remote_id
    return [
        Record(ordinal=number, identity=key, remote_id=key if named else "")
        for number, key in enumerate(foreign)
    ]


def _keys(line: Line, setup: Setup, names: Iterable[str]) -> Iterator[str]:
    """What a read-back names people by, in the form that compares equal."""
    if setup.names_by_remote_id:
        return iter(names)
    return (line.connector.canonical(name) for name in names)


def known_of(audience: Audience, line: Line, setup: Setup) -> Known:
    """All that we ever sent, by what a read-back names them by."""
    return known_by(
        _names_of(audience, line, setup, some)
        for some in slices(audience.sent_members(), READ_TOGETHER)
    )


def _names_of(audience: Audience, line: Line, setup: Setup, some: BitMap) -> dict[int, str]:
    if setup.names_by_remote_id:
        return remote_ids(setup, some)
    canonical = line.connector.canonical
    names = name_sent(audience.pk, some, setup.identity)
    return {ordinal: canonical(name) for ordinal, name in names.items()}


def _count(audience: Audience, answer: Counted, now: datetime) -> DriftReport:
    """The tool says how many, and not whom: nobody can be called missing or left over."""
    return DriftReport.objects.create(
        audience=audience,
        version=audience.version,
        as_of=now,
        verifiable=False,
        count_only=True,
        held=answer.count,
        expected=audience.acknowledged_count,
        note=answer.reason,
    )


def _believe(
    hold: Hold,
    audience: Audience,
    seen: Comparison,
    *,
    as_of: datetime,
    notes: Iterable[str],
) -> DriftReport:
    changed = bool(seen.missing or seen.extra)
    with transaction.atomic():
        gone = audience.sent_members() - seen.ours - seen.nameless
        forget_names(hold.audience_id, gone)
        hold.write(
            uncertain=write_bitmap(seen.nameless),
            repair_due=(changed and audience.destination.heals_drift)
            or audience.repair_due
            or bool(audience.uncertain_members()),
            **acknowledged_fields(seen.ours),
        )
        return DriftReport.objects.create(
            audience=audience,
            version=audience.version,
            as_of=as_of,
            held=seen.held,
            expected=audience.acknowledged_count,
            missing=len(seen.missing),
            extra=len(seen.extra),
            foreign=len(seen.foreign),
            evidence={
                "missing": list(seen.missing[:EVIDENCE]),
                "extra": list(seen.extra[:EVIDENCE]),
                "foreign": [masked(identity) for identity in seen.foreign[:EVIDENCE]],
            },
            note=" ".join(notes),
        )


def masked(identity: str) -> str:
    """Enough of an id to find it in the tool, too little to write to it."""
    name, at, host = identity.partition("@")
    return f"{name[:2]}…{at}{host[:2]}…" if at else f"{identity[:2]}…{identity[-1:]}"
