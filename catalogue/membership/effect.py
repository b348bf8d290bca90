"""What a change to a segment would do, before it is made: who enters, who leaves, and what happens
to all that is built on it. Before and after are judged at one `now` on one photo, so that nothing
but the change makes the difference. Reads, and writes nothing."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from pyroaring import BitMap

from catalogue.definitions.canonical import from_canonical
from catalogue.definitions.dependencies import references
from catalogue.definitions.errors import Code, DefinitionError, refuse
from catalogue.definitions.nodes import Definition, Subject
from catalogue.definitions.places import ROOT
from catalogue.engine.evaluate import evaluate_together
from catalogue.engine.inputs import Judged, Outcome, Refused, SegmentInput, Stopped
from catalogue.membership.estimating import PROPOSED, check_words, newest_photo
from catalogue.membership.gathering import Gathered, gather
from catalogue.models import MembershipVersion, Segment, Status
from catalogue.permissions import Actor
from catalogue.segments.subjects import other_subject
from catalogue.warehouse import photos
from catalogue.warehouse.budgets import estimate_budget
from catalogue.warehouse.deadline import Deadline
from catalogue.warehouse.ordinals import ordinals_of
from catalogue.warehouse.tables import Tables

SECONDS = 30.0
BREAKS = (
    "It is built on “{name}”, itself or by way of others. It would keep the members it has, and"
    " could not be refreshed any more."
)
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
    others, that the viewer knows of, by key. `subject`: whom the segment holds, customers or
    accounts, of whom there are `population`. `published_size`, `published_at`: of its newest
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
    subject: Subject = "customer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hands:
    """Ids said by hand, as a document has them; None: as they are stored. `list_of`: what the ids
    of a static list are of."""

    adds: Collection[str] | None = None
    removes: Collection[str] | None = None
    static: Collection[str] | None = None
    list_of: Subject = "customer"


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
    these members by hand. Neither a definition nor a static list: to archive it. `viewer` is who
    asks: of segments that do not exist for them nothing is said.

    Raises DefinitionError with pointers when the definition is refused, or `too_expensive` after
    `seconds`; NoDataYet before the first load; ScanFailed when the data cannot be read."""
    deadline = Deadline(seconds)
    photo = newest_photo()
    tables = photos.open_photo(photo, budget=estimate_budget())
    if definition is not None:
        check_words(definition, key=key, viewer=viewer)
    affected = [key, *built_on(key)]
    gathered = gather(affected, proposed={} if definition is None else {PROPOSED: definition})
    worlds = _worlds(key, gathered, hands or Hands())
    both = _judge(key, worlds, tables, now, deadline)
    subject = _subject(key, worlds)
    effects = _effects(affected, both, gathered.refused, viewer)
    size, published_at = _published(key)
    return Effect(
        own=effects.pop(key),
        built_on_it=tuple(effects.values()),
        population=len(tables.accounts if subject == "account" else tables.customers),
        subject=subject,
        now=now,
        photo=photo.pk,
        data_as_of=photo.created_at,
        published_size=size,
        published_at=published_at,
        milliseconds=(seconds - deadline.left) * 1000,
    )


def _subject(key: str, worlds: Worlds) -> Subject:
    """Whom the segment holds, or held."""
    before, after = worlds
    return (after if key in after else before)[key].subject


def _judge(
    key: str, worlds: Worlds, tables: Tables, now: datetime, deadline: Deadline
) -> list[dict[str, Outcome]]:
    """The outcomes before and after, of which that of the segment itself must be good."""
    try:
        with deadline.held(tables.connection):
            both = evaluate_together(worlds, tables, now=now, should_stop=deadline.has_passed)
    except Stopped as stopped:
        raise refuse(Code.TOO_EXPENSIVE, TOO_LONG, ROOT) from stopped
    own = both[1].get(key)
    if isinstance(own, Refused):
        raise own.error
    return both


def _published(key: str) -> tuple[int | None, datetime | None]:
    versions = MembershipVersion.objects.filter(segment__key=key).order_by("-number")
    return versions.values_list("size", "now").first() or (None, None)


def built_on(key: str) -> list[str]:
    """The keys of all segments built on this one, directly or by way of others, archived ones left
    out; nearest first."""
    return built_on_each([key])[key]


def built_on_each(keys: Collection[str]) -> dict[str, list[str]]:
    """What is built on each of these segments, from one query."""
    parents: dict[str, list[str]] = {}
    for parent, text in _canonical().items():
        for node in references(from_canonical(text).where) if _may_refer(text) else ():
            parents.setdefault(node.key, []).append(parent)
    return {key: _above(key, parents) for key in keys}


def _above(key: str, parents: Mapping[str, list[str]]) -> list[str]:
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
    if proposed is not None and key in before and before[key].subject != proposed.subject:
        fault = other_subject(key, before[key].subject, proposed.subject, ROOT)
        raise DefinitionError(fault)
    if proposed is None:
        after.pop(key, None)
    else:
        after[key] = proposed
    return before, after


def _proposed(
    stored: SegmentInput | None, proposed: SegmentInput | None, hands: Hands
) -> SegmentInput | None:
    """The segment as it would be; None when it is archived."""
    subject = hands.list_of if proposed is None else proposed.subject
    static = _ordinals(hands.static, subject)
    if proposed is None and static is None:
        return None
    stored = stored or SegmentInput(static=BitMap())
    adds, removes = _ordinals(hands.adds, subject), _ordinals(hands.removes, subject)
    return SegmentInput(
        definition=None if proposed is None else proposed.definition,
        static=static if proposed is None else None,
        adds=stored.adds if adds is None else adds,
        removes=stored.removes if removes is None else removes,
        list_of=subject,
    )


def _ordinals(ids: Collection[str] | None, subject: Subject) -> BitMap | None:
    return None if ids is None else ordinals_of(ids, subject)[0]


def _effects(
    affected: Sequence[str],
    both: Sequence[Mapping[str, Outcome]],
    unreadable: Mapping[str, DefinitionError],
    viewer: Actor,
) -> dict[str, SegmentEffect]:
    """The segment's own effect, and by key those on what is built on it and the viewer knows of."""
    own, *others = affected
    found = Segment.objects.visible_to(viewer).filter(key__in=affected)
    rows = {row.key: row for row in found.only("key", "name", "status")}
    names = {key: row.name for key, row in rows.items()}
    before, after = both
    broken = "" if own in after else BREAKS.format(name=names.get(own, own))
    return {
        key: _effect(
            key,
            rows.get(key),
            before.get(key),
            after.get(key),
            _why(after.get(key), unreadable.get(key), broken),
        )
        for key in [own, *sorted(set(others) & rows.keys())]
    }


def _effect(
    key: str, row: Segment | None, before: Outcome | None, after: Outcome | None, refused: str
) -> SegmentEffect:
    old = before.members if isinstance(before, Judged) else None
    new = after.members if isinstance(after, Judged) else None
    return SegmentEffect(
        key=key,
        name=key if row is None else row.name,
        status=Status.DRAFT if row is None else row.status,
        before=None if old is None else len(old),
        after=None if new is None else len(new),
        entering=BitMap() if old is None or new is None else new - old,
        leaving=BitMap() if old is None or new is None else old - new,
        refused=refused,
    )


def _why(outcome: Outcome | None, unreadable: DefinitionError | None, broken: str) -> str:
    """Why a segment could not be judged after the change; empty when it could."""
    if isinstance(outcome, Refused):
        return broken or outcome.error.faults[0].message
    return "" if unreadable is None else unreadable.faults[0].message
