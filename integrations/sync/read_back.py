"""What a tool really holds, compared with what it had confirmed; then we believe our eyes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction
from pyroaring import BitMap

from catalogue.crashpoint import crashpoint
from integrations.models import Audience, DriftReport
from integrations.models.audience import acknowledged_fields, write_bitmap
from integrations.protocol import Counted, Observed, Record, Unverifiable
from integrations.sync.identities import name_sent
from integrations.sync.ledger import Hold
from integrations.sync.opt_outs import note_opt_outs
from integrations.sync.plan import NOBODY
from integrations.sync.pushing import Line
from integrations.sync.records import remote_ids
from integrations.sync.setup import Setup

# How many members a report names of each kind.
EVIDENCE = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """`ours` are members of the list that we sent; `foreign` ids we never sent. missing: confirmed
    but not there. extra: there and sent, but confirmed gone or refused."""

    ours: BitMap
    foreign: tuple[str, ...]
    missing: BitMap
    extra: BitMap
    held: int = 0
    # May be on the list, and would not be recognised there: the tool never told its id of them.
    nameless: BitMap = NOBODY


def compare(
    *,
    observed: Iterable[str],
    sent_as: Mapping[str, BitMap],
    acknowledged: BitMap,
    uncertain: BitMap,
) -> Comparison:
    """`sent_as` says which ordinals a canonical identity stands for. A member that was uncertain
    and is there is no drift: the read-back has answered the question."""
    ours = BitMap()
    foreign: list[str] = []
    for identity in observed:
        ordinals = sent_as.get(identity)
        if ordinals is None:
            foreign.append(identity)
        else:
            ours |= ordinals
    return Comparison(
        ours=ours,
        foreign=tuple(foreign),
        missing=acknowledged - ours,
        extra=ours - acknowledged - uncertain,
    )


def sent_identities(names: Mapping[int, str], canonical: Callable[[str], str]) -> dict[str, BitMap]:
    """The ordinals that each canonical identity stands for; people may share an address."""
    found: dict[str, BitMap] = {}
    for ordinal, identity in names.items():
        found.setdefault(canonical(identity), BitMap()).add(ordinal)
    return found


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
    seen = _compared(audience, line, setup, _keys(line, setup, answer.identities))
    as_of = clock()
    crashpoint("sync.read")
    report = _believe(hold, audience, seen, as_of=as_of, notes=answer.notes)
    out = _ours(audience, line, setup, _keys(line, setup, iter(answer.opted_out)))
    note_opt_outs(audience.destination, out, now=as_of)
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
    known = _known(audience, line, setup)
    foreign = [key for key in _keys(line, setup, answer.identities) if key not in known]
    named = setup.names_by_remote_id
    return [
        Record(ordinal=number, identity=key, remote_id=key if named else "")
        for number, key in enumerate(sorted(foreign))
    ]


def _keys(line: Line, setup: Setup, names: Iterable[str]) -> set[str]:
    """What a read-back names people by, in the form that compares equal."""
    return set(names) if setup.names_by_remote_id else {line.connector.canonical(n) for n in names}


def _known(audience: Audience, line: Line, setup: Setup) -> dict[str, BitMap]:
    """The ordinals of all that we ever sent, by what a read-back names them by."""
    sent = audience.sent_members()
    if setup.names_by_remote_id:
        return sent_identities(remote_ids(setup, sent), str)
    return sent_identities(name_sent(audience.pk, sent, setup.identity), line.connector.canonical)


def _ours(audience: Audience, line: Line, setup: Setup, names: set[str]) -> BitMap:
    if not names:
        return BitMap()
    known = _known(audience, line, setup)
    return BitMap().union(*(known[name] for name in names if name in known))


def _compared(audience: Audience, line: Line, setup: Setup, observed: set[str]) -> Comparison:
    uncertain = audience.uncertain_members()
    known = _known(audience, line, setup)
    seen = compare(
        observed=sorted(observed),
        sent_as=known,
        acknowledged=audience.acknowledged_members(),
        # A member whose identity is not known any more cannot be recognised: left as it is.
        uncertain=uncertain,
    )
    nameless = uncertain - BitMap().union(*known.values()) if known else uncertain
    return replace(seen, held=len(observed), nameless=nameless)


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
