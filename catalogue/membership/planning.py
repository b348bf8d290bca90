"""What applying files would do: to segments, to their people, and to all that is built on them. All
files are judged together, as they would be applied. Reads, and writes nothing."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from pyroaring import BitMap

from catalogue.definitions.errors import DefinitionError
from catalogue.definitions.nodes import Definition, Subject
from catalogue.definitions.segment_file import SegmentFile
from catalogue.engine.evaluate import evaluate_together
from catalogue.engine.inputs import Judged, Outcome, Refused, ScanFailed, SegmentInput, Stopped
from catalogue.membership.effect import TOO_LONG, built_on
from catalogue.membership.estimating import NoDataYet, newest_photo
from catalogue.membership.gathering import gather
from catalogue.models import Photo, Segment
from catalogue.segments.proposals import Proposal, propose
from catalogue.segments.saved_plans import SavedPlan, fingerprint, states_of
from catalogue.warehouse import photos
from catalogue.warehouse.deadline import Deadline
from catalogue.warehouse.ordinals import ordinals_of

SECONDS = 120.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One segment before and after all files, in numbers. `before` is None of a new segment,
    `after` and `refused` say so when it could not be judged any more; then nobody is said to enter
    or leave. `subject`: what is counted, customers or accounts."""

    key: str
    name: str
    subject: Subject
    before: int | None
    after: int | None
    entering: int
    leaving: int
    refused: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """`moves` by key: each changed segment and all that is built on one. Exact as of `now`, on the
    data loaded up to `data_as_of`; where nothing could be counted, `problem` says why and there
    are none."""

    now: datetime
    data_as_of: datetime | None = None
    moves: Mapping[str, Move] = field(default_factory=dict)
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FilesPlan:
    """`proposals`: every file, by key. `built_on_it`: by key of a changed segment, the stored
    segments built on it, directly or by way of others, nearest first. `saved`: what an apply can be
    held to."""

    proposals: Sequence[Proposal]
    built_on_it: Mapping[str, Sequence[str]]
    counts: Counts
    saved: SavedPlan

    @property
    def has_difference(self) -> bool:
        """Whether applying the files would change anything."""
        return any(one.outcome != "unchanged" for one in self.proposals)


def plan_files(
    files: Sequence[SegmentFile], *, now: datetime, made_at: datetime, seconds: float = SECONDS
) -> FilesPlan:
    """What applying these files, which must be fit for it, would do, to people as of `now`.
    `made_at` is when this is asked."""
    # First the state, then what is said of it: whatever changes from here on, the apply notices.
    basis = states_of(_reached(files))
    proposals = propose(files)
    changed = [one.file for one in proposals if one.outcome != "unchanged"]
    above = {file.key: built_on(file.key) for file in changed}
    return FilesPlan(
        proposals=proposals,
        built_on_it=above,
        counts=_count(changed, above, now, seconds),
        saved=SavedPlan(
            made_at=made_at, files={file.key: fingerprint(file) for file in files}, basis=basis
        ),
    )


def _reached(files: Sequence[SegmentFile]) -> set[str]:
    """The keys of these segments, of what they are or would be built on, and of what is built on
    them."""
    keys = {file.key for file in files}
    keys |= {key for file in files for key in built_on(file.key)}
    for trees in ({}, _trees(files)):
        gathered = gather(sorted(keys), proposed=trees)
        keys |= gathered.inputs.keys() | gathered.refused.keys()
    return keys


def _trees(files: Sequence[SegmentFile]) -> dict[str, Definition]:
    return {file.key: file.tree for file in files if file.tree is not None}


def _count(
    files: Sequence[SegmentFile],
    above: Mapping[str, Collection[str]],
    now: datetime,
    seconds: float,
) -> Counts:
    """The people of these files and of what is built on them, before and after."""
    if not files:
        return Counts(now=now)
    keys = dict.fromkeys([*above, *(key for some in above.values() for key in some)])
    try:
        photo = newest_photo()
        return _judge(list(keys), files, photo, now, seconds)
    except (NoDataYet, ScanFailed) as error:
        return Counts(now=now, problem=str(error))
    except Stopped:
        return Counts(now=now, problem=f"{TOO_LONG[:1].upper()}{TOO_LONG[1:]}.")


def _judge(
    keys: Sequence[str], files: Sequence[SegmentFile], photo: Photo, now: datetime, seconds: float
) -> Counts:
    deadline = Deadline(seconds)
    stored, planned = gather(keys), gather(keys, proposed=_trees(files))
    worlds = stored.inputs, {**planned.inputs, **{file.key: _input(file) for file in files}}
    tables = photos.open_photo(photo)
    with deadline.held(tables.connection):
        both = evaluate_together(worlds, tables, now=now, should_stop=deadline.has_passed)
    names = dict(Segment.objects.filter(key__in=keys).values_list("key", "name"))
    names |= {file.key: file.name for file in files}
    unreadable = stored.refused | planned.refused
    moves = {
        key: _move(key, names[key], worlds[1].get(key), both, unreadable.get(key)) for key in keys
    }
    return Counts(now=now, data_as_of=photo.created_at, moves=moves)


def _input(file: SegmentFile) -> SegmentInput:
    """The segment as it would be: a file says all of it."""
    adds, removes = (_ordinals(ids, file.subject) for ids in (file.adds, file.removes))
    static = None if file.tree is not None else _ordinals(file.static or (), file.subject)
    return SegmentInput(
        definition=file.tree, static=static, adds=adds, removes=removes, list_of=file.subject
    )


def _ordinals(ids: Collection[str], subject: Subject) -> BitMap:
    return ordinals_of(ids, subject)[0] if ids else BitMap()


def _move(
    key: str,
    name: str,
    would_be: SegmentInput | None,
    both: Sequence[Mapping[str, Outcome]],
    unreadable: DefinitionError | None,
) -> Move:
    old, new = (_members(outcomes.get(key)) for outcomes in both)
    outcome = both[1].get(key)
    error = outcome.error if isinstance(outcome, Refused) else unreadable
    return Move(
        key=key,
        name=name,
        subject="customer" if would_be is None else would_be.subject,
        before=None if old is None else len(old),
        after=None if new is None else len(new),
        entering=0 if old is None or new is None else len(new - old),
        leaving=0 if old is None or new is None else len(old - new),
        refused="" if new is not None or error is None else error.faults[0].message,
    )


def _members(outcome: Outcome | None) -> BitMap | None:
    return outcome.members if isinstance(outcome, Judged) else None
