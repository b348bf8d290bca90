"""What a change to a segment would do, before it is made: who enters, who leaves, and what happens
to all that is built on it. Before and after are judged at one `now` on one photo, so that nothing
but the change makes the difference. Reads, and writes nothing."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from pyroaring import BitMap

from catalogue.definitions.canonical import from_canonical
from catalogue.definitions.dependencies import references
from catalogue.definitions.errors import Code, DefinitionError, refuse
from catalogue.definitions.nodes import Definition
from catalogue.definitions.places import ROOT
from catalogue.definitions.validate import validate
from catalogue.engine.evaluate import evaluate_together
from catalogue.engine.inputs import Judged, Outcome, Refused, SegmentInput, Stopped
from catalogue.membership.estimating import PROPOSED, newest_photo
from catalogue.membership.gathering import Gathered, gather
from catalogue.models import MembershipVersion, Segment, Status
from catalogue.permissions import Actor
from catalogue.segments.vocabulary import stored_vocabulary
from catalogue.warehouse import photos
from catalogue.warehouse.ordinals import ordinals_of

SECONDS = 30.0
TOO_LONG = (
    "working out who enters and leaves took longer than it may; narrow the windows, or look at what"
    " the next refresh finds"
)
Worlds = tuple[dict[str, SegmentInput], dict[str, SegmentInput]]


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentEffect:
    """One segment before and after. Sizes are None where nobody can say: `before` of a segment that
    is new or was refused, `after` of one that is archived or would be refused; `refused` says why.
    `entering` and `leaving` are ordinals, and empty where one of the sizes is None."""

    key: str
    name: str
    status: str
    before: int | None
    after: int | None
    entering: BitMap
    leaving: BitMap
    refused: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What a change does, exact as of `now` on the data loaded up to `data_as_of` (photo `photo`).

    `own`: the segment itself. `built_on_it`: every segment built on it, directly or by way of
    others, that the viewer knows of, by key. `published_size`, `published_at`: of its newest
    membership version, which may be of an earlier `now`; None before the first refresh."""

    own: SegmentEffect
    built_on_it: tuple[SegmentEffect, ...]
    population: int
    now: datetime
    photo: int
    data_as_of: datetime
    published_size: int | None
    published_at: datetime | None
    milliseconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Hands:
    """Customer ids said by hand, as a document has them; None: as they are stored."""

    adds: Collection[str] | None = None
    removes: Collection[str] | None = None
    static: Collection[str] | None = None


def effect_of(
    *,
    key: str,
    definition: Definition | None,
    now: datetime,
    hands: Hands | None = None,
    viewer: Actor = None,
    seconds: float = SECONDS,
) -> Effect:
    """What it does to give the segment `key`, which need not be stored yet, this definition and
    these members by hand. Neither a definition nor a static list: to archive it.

    Raises DefinitionError with pointers when the definition is refused, or `too_expensive` after
    `seconds`; NoDataYet before the first load; ScanFailed when the data cannot be read."""
    started = time.monotonic()
    photo = newest_photo()
    if definition is not None:
        validate(definition, stored_vocabulary(also=[key]), pointer=ROOT)
    affected = [key, *built_on(key)]
    gathered = gather(affected, proposed={} if definition is None else {PROPOSED: definition})
    tables = photos.open_photo(photo)
    try:
        before, after = evaluate_together(
            _worlds(key, gathered, hands or Hands()),
            tables,
            now=now,
            should_stop=lambda: time.monotonic() - started > seconds,
        )
    except Stopped as stopped:
        raise refuse(Code.TOO_EXPENSIVE, TOO_LONG, ROOT) from stopped
    own = after.get(key)
    if isinstance(own, Refused):
        raise own.error
    newest = MembershipVersion.objects.filter(segment__key=key).order_by("-number")
    size, published_at = newest.values_list("size", "now").first() or (None, None)
    rows = _rows(affected, viewer)
    return Effect(
        own=_effect(key, rows.get(key), before, after, gathered),
        built_on_it=tuple(
            _effect(other, rows[other], before, after, gathered)
            for other in sorted(affected[1:])
            if other in rows
        ),
        population=len(tables.customers),
        now=now,
        photo=photo.pk,
        data_as_of=photo.created_at,
        published_size=size,
        published_at=published_at,
        milliseconds=(time.monotonic() - started) * 1000,
    )


def built_on(key: str) -> list[str]:
    """The keys of all segments built on this one, directly or by way of others, archived ones left
    out; nearest first."""
    parents: dict[str, list[str]] = {}
    for parent, text in _canonical().items():
        for node in references(from_canonical(text).where) if _may_refer(text) else ():
            parents.setdefault(node.key, []).append(parent)
    found = {key: None}
    waiting = [key]
    for one in waiting:
        waiting += (new := [p for p in parents.get(one, ()) if p not in found])
        found |= dict.fromkeys(new)
    return list(found)[1:]


def _canonical() -> dict[str, str]:
    rows = Segment.objects.exclude(status=Status.ARCHIVED).order_by("key")
    found = rows.values_list("key", "definition__canonical")
    return {key: text for key, text in found if text is not None}


def _may_refer(text: str) -> bool:
    # Most definitions refer to nobody, and reading all of them takes time.
    return '"in_segment"' in text


def _worlds(key: str, gathered: Gathered, hands: Hands) -> Worlds:
    """The segments as they are, and as they would be."""
    before = {name: one for name, one in gathered.inputs.items() if name != PROPOSED}
    after = dict(before)
    proposed = _proposed(before.get(key), gathered.inputs.get(PROPOSED), hands)
    if proposed is None:
        after.pop(key, None)
    else:
        after[key] = proposed
    return before, after


def _proposed(
    stored: SegmentInput | None, proposed: SegmentInput | None, hands: Hands
) -> SegmentInput | None:
    """The segment as it would be; None when it is archived."""
    static = None if hands.static is None else ordinals_of(hands.static)[0]
    if proposed is None and static is None:
        return None
    stored = stored or SegmentInput(static=BitMap())
    return SegmentInput(
        definition=None if proposed is None else proposed.definition,
        static=static if proposed is None else None,
        adds=stored.adds if hands.adds is None else ordinals_of(hands.adds)[0],
        removes=stored.removes if hands.removes is None else ordinals_of(hands.removes)[0],
    )


def _rows(keys: Collection[str], viewer: Actor) -> dict[str, Segment]:
    rows = Segment.objects.visible_to(viewer).filter(key__in=keys)
    return {row.key: row for row in rows.only("key", "name", "status")}


def _effect(
    key: str,
    row: Segment | None,
    before: Mapping[str, Outcome],
    after: Mapping[str, Outcome],
    gathered: Gathered,
) -> SegmentEffect:
    old, new = _members(before.get(key)), _members(after.get(key))
    return SegmentEffect(
        key=key,
        name=key if row is None else row.name,
        status=Status.DRAFT if row is None else row.status,
        before=None if old is None else len(old),
        after=None if new is None else len(new),
        entering=new - old if old is not None and new is not None else BitMap(),
        leaving=old - new if old is not None and new is not None else BitMap(),
        refused=_why(after.get(key), gathered.refused.get(key)),
    )


def _members(outcome: Outcome | None) -> BitMap | None:
    return outcome.members if isinstance(outcome, Judged) else None


def _why(outcome: Outcome | None, unreadable: DefinitionError | None) -> str:
    error = outcome.error if isinstance(outcome, Refused) else unreadable
    return "" if error is None else error.faults[0].message
