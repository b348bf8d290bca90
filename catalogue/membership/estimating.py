"""How many a definition would hold if it were refreshed now. Reads, and writes nothing."""

from __future__ import annotations

import time
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from django.conf import settings
from pyroaring import BitMap

from catalogue.definitions.canonical import from_canonical
from catalogue.definitions.dependencies import subjects_named
from catalogue.definitions.describe import Labels
from catalogue.definitions.errors import Code, DefinitionError
from catalogue.definitions.nodes import Definition, Subject
from catalogue.definitions.places import ROOT
from catalogue.definitions.validate import validate
from catalogue.engine import estimate as engine
from catalogue.engine.answers import Answer, Answers
from catalogue.engine.estimate import Counted
from catalogue.engine.estimate import NodeEstimate as NodeEstimate
from catalogue.engine.inputs import ScanFailed as ScanFailed
from catalogue.engine.inputs import SegmentInput
from catalogue.engine.sampling import EVERY, Sample, margin, may_be_sampled, scaled_up
from catalogue.engine.shelf import Shelf
from catalogue.membership.gathering import gather
from catalogue.models import Photo, Segment
from catalogue.permissions import Actor
from catalogue.segments.subjects import other_subject, subject_of
from catalogue.segments.vocabulary import stored_vocabulary
from catalogue.warehouse import photos
from catalogue.warehouse.budgets import Budget, estimate_budget
from catalogue.warehouse.deadline import Deadline
from catalogue.warehouse.opened import borrowed, identity_of
from catalogue.warehouse.tables import Tables

# No segment key has a colon.
PROPOSED = "proposed:definition"
Method = Literal["exact", "sampled"]
# Where a sample would do, the rest of the time is left to it.
EXACT_SHARE = 0.6
# What this process found for earlier estimates.
ANSWERS: Shelf[Answer] = Shelf(settings.ESTIMATES_KEPT_MIB * 1024 * 1024)
# While somebody edits, all is counted as of one instant for so long, so that only what changed is
# asked anew.
STEADY = timedelta(seconds=60)


class NoDataYet(Exception):
    """Nothing was ever loaded, so nobody can be counted; the message is for people."""

    def __init__(self) -> None:
        super().__init__(
            "There are no customers yet, so nothing can be counted. Load them first:"
            " manage.py load customers FILE."
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """What a refresh as of `now` would find, on the newest data, which was loaded at `data_as_of`
    (photo `photo`). Exact; or `method` says “sampled”: then all numbers are those of one customer
    in so many, scaled up, `size` is right within `margin` in 95 of 100 cases, and `members` are
    those of the sample.

    `subject`: what is counted, customers or accounts. `size`: members, manual adds and removes
    included, whose ordinals are `members`. `population`: how many are live. `nodes`: every node of
    the tree in the order of the document; see NodeEstimate. A node's numbers are of the definition
    alone, without adds and removes."""

    size: int
    population: int
    nodes: tuple[NodeEstimate, ...]
    now: datetime
    photo: int
    data_as_of: datetime
    milliseconds: float
    members: BitMap
    subject: Subject = "customer"
    method: Method = "exact"
    margin: int = 0

    @property
    def share(self) -> float | None:
        """The members' share of the population; None while there is nobody."""
        return self.size / self.population if self.population else None


def estimate(
    definition: Definition,
    *,
    key: str | None = None,
    now: datetime,
    seconds: float | None = None,
    labels: Labels | None = None,
    viewer: Actor = None,
    may_sample: bool = False,
) -> Estimate:
    """Count a definition, stored or not. `key` names the segment it is, or would be, the definition
    of: its manual adds and removes count, and what is built on it may not be referred to. `viewer`
    is who wrote it: segments that do not exist for them may not be referred to either.
    `may_sample`: who asks says so when the answer is of a sample, which is taken where the whole
    is too expensive and a sample tells about it.

    Raises DefinitionError with pointers into the definition (`/where/all/0`): whatever is unknown,
    missing, a circle, or `too_expensive` when it takes longer than `seconds` (the budget's) or more
    than the budget of an estimate; NoDataYet before the
    first load; ScanFailed when the stored data cannot be read."""
    budget = estimate_budget()
    if seconds is not None:
        budget = replace(budget, seconds=seconds)
    started = time.monotonic()
    photo = newest_photo()
    check_words(definition, key=key, viewer=viewer)
    name = key or PROPOSED
    counting = _Counting(
        segments=gather([name], proposed={name: definition}).inputs,
        key=name,
        photo=photo,
        now=now,
        labels=labels,
    )
    counted, sampled = counting.within(budget, may_sample=may_sample)
    people, size = counted.population, len(counted.members)
    return Estimate(
        size=size if sampled is None else round(size * people / max(sampled, 1)),
        population=people,
        nodes=counted.nodes,
        now=now,
        photo=photo.pk,
        data_as_of=photo.created_at,
        milliseconds=(time.monotonic() - started) * 1000,
        members=counted.members,
        subject=counted.subject,
        method="exact" if sampled is None else "sampled",
        margin=0 if sampled is None else margin(size, sampled, people),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Counting:
    """A segment to be counted on one photo."""

    segments: Mapping[str, SegmentInput]
    key: str
    photo: Photo
    now: datetime
    labels: Labels | None

    def within(self, budget: Budget, *, may_sample: bool) -> tuple[Counted, int | None]:
        """Count all, or where that is too expensive a sample, and then how many are in it."""
        if not may_sample or not may_be_sampled(self.segments, self.key, self.now):
            return self._all(budget), None
        try:
            return self._all(replace(budget, seconds=budget.seconds * EXACT_SHARE)), None
        except DefinitionError as error:
            if error.code != Code.TOO_EXPENSIVE:
                raise
        rest = budget.seconds * (1 - EXACT_SHARE)
        return self._sample(replace(budget, seconds=rest, rows=budget.rows * EVERY))

    def _all(self, budget: Budget) -> Counted:
        with borrowed(self.photo, budget) as tables:
            return self._counted(tables, budget, identity_of(self.photo))

    def _sample(self, budget: Budget) -> tuple[Counted, int]:
        with borrowed(self.photo, budget) as tables:
            counted = self._counted(Sample(tables), budget, (identity_of(self.photo), EVERY))
            return scaled_up(counted, len(tables.customers)), counted.population

    def _counted(self, tables: Tables, budget: Budget, photo: Hashable) -> Counted:
        deadline = Deadline(budget.seconds)
        with deadline.held(tables.connection):
            return engine.estimate(
                self.segments,
                self.key,
                tables,
                now=self.now,
                labels=self.labels,
                should_stop=deadline.has_passed,
                answers=Answers(kept=ANSWERS, photo=photo, now=self.now),
                seconds=budget.seconds,
            )


_steady: dict[object, datetime] = {}


def steady(now: datetime) -> datetime:
    """The instant to count as of while somebody edits: `now`, or the one that was given out less
    than STEADY before it, as long as no newer data came. Never before the data was loaded."""
    photo = photos.newest_photo()
    name = None if photo is None else identity_of(photo)
    before = _steady.get(name)
    if before is not None and timedelta(0) <= now - before < STEADY:
        return before
    _steady.clear()
    _steady[name] = now
    return now


def check_words(definition: Definition, *, key: str | None, viewer: Actor) -> None:
    """Raises DefinitionError with everything in the definition that is unknown to who wrote it, and
    when it is about somebody else than the segment `key` holds. A reference that the stored
    definition of `key` has already may stay."""
    rows = Segment.objects.filter(key=key).exclude(definition=None).select_related("definition")
    stored = [row.definition for row in rows if row.definition is not None]
    kept: dict[str, Subject] = {}
    for version in stored:
        if subject_of(version) != definition.subject:
            wrong = other_subject(str(key), subject_of(version), definition.subject, ROOT)
            raise DefinitionError(wrong)
        kept |= subjects_named(from_canonical(version.canonical)) if version.canonical else {}
    words = stored_vocabulary(also=kept, viewer=viewer)
    validate(definition, words, pointer=ROOT)


def newest_photo() -> Photo:
    """The newest state of the data. Raises NoDataYet."""
    photo = photos.newest_photo()
    if photo is None:
        raise NoDataYet
    return photo
