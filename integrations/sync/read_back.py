"""What a tool really holds, compared with what it had confirmed; then we believe our eyes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from pyroaring import BitMap

from catalogue.crashpoint import crashpoint
from integrations.models import Audience, DriftReport
from integrations.models.audience import acknowledged_fields, write_bitmap
from integrations.protocol import AudienceRef, Connector, Counted, Unverifiable
from integrations.sync.identities import Template, name_sent
from integrations.sync.ledger import Hold

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
    *,
    hold: Hold,
    connector: Connector,
    ref: AudienceRef,
    template: Template,
    clock: Callable[[], datetime],
) -> DriftReport:
    """Read the list, keep a report, and correct what we believe, so that the next sync repairs.

    The caller holds the lease. Raises TransientError if the list could not be read to its end; then
    nothing is changed.
    """
    audience = Audience.objects.get(pk=hold.audience_id)
    answer = connector.read_back(ref)
    if isinstance(answer, Unverifiable):
        return DriftReport.objects.create(
            audience=audience,
            version=audience.version,
            as_of=clock(),
            verifiable=False,
            expected=audience.acknowledged_count,
            note=answer.reason,
        )
    if isinstance(answer, Counted):
        return _count(audience, answer, clock())
    observed = {connector.canonical(identity) for identity in answer.identities}
    as_of = clock()
    sent = audience.sent_members()
    names = name_sent(hold.audience_id, sent, template)
    acknowledged, uncertain = audience.acknowledged_members(), audience.uncertain_members()
    seen = compare(
        observed=sorted(observed),
        sent_as=sent_identities(names, connector.canonical),
        acknowledged=acknowledged,
        # A member whose identity is not known any more cannot be recognised: left as it is.
        uncertain=uncertain,
    )
    crashpoint("sync.read")
    return _believe(hold, audience, seen, as_of=as_of, held=len(observed), notes=answer.notes)


def _count(audience: Audience, answer: Counted, now: datetime) -> DriftReport:
    """The tool says how many, and not whom: nobody can be called missing or left over."""
    return DriftReport.objects.create(
        audience=audience,
        version=audience.version,
        as_of=now,
        verifiable=False,
        held=answer.count,
        expected=audience.acknowledged_count,
        note=answer.reason,
        evidence={"count_only": True},
    )


def _believe(
    hold: Hold,
    audience: Audience,
    seen: Comparison,
    *,
    as_of: datetime,
    held: int,
    notes: Iterable[str],
) -> DriftReport:
    changed = bool(seen.missing or seen.extra)
    with transaction.atomic():
        hold.write(
            uncertain=write_bitmap(BitMap()),
            repair_due=changed or audience.repair_due or bool(audience.uncertain_members()),
            **acknowledged_fields(seen.ours),
        )
        return DriftReport.objects.create(
            audience=audience,
            version=audience.version,
            as_of=as_of,
            held=held,
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
