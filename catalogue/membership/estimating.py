"""How many a definition would hold if it were refreshed now. Reads, and writes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from pyroaring import BitMap

from catalogue.definitions.canonical import from_canonical
from catalogue.definitions.dependencies import subjects_named
from catalogue.definitions.describe import Labels
from catalogue.definitions.errors import DefinitionError
from catalogue.definitions.nodes import Definition, Subject
from catalogue.definitions.places import ROOT
from catalogue.definitions.validate import validate
from catalogue.engine import estimate as engine
from catalogue.engine.answers import Answer, Answers
from catalogue.engine.estimate import NodeEstimate as NodeEstimate
from catalogue.engine.inputs import ScanFailed as ScanFailed
from catalogue.engine.shelf import Shelf
from catalogue.membership.gathering import gather
from catalogue.models import Photo, Segment
from catalogue.permissions import Actor
from catalogue.segments.subjects import other_subject, subject_of
from catalogue.segments.vocabulary import stored_vocabulary
from catalogue.warehouse import photos
from catalogue.warehouse.budgets import estimate_budget
from catalogue.warehouse.deadline import Deadline
from catalogue.warehouse.opened import borrowed, identity_of

# No segment key has a colon.
PROPOSED = "proposed:definition"
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
    """What a refresh as of `now` would find. Exact, on the newest data, which was loaded at
    `data_as_of` (photo `photo`).

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
) -> Estimate:
    """Count a definition, stored or not. `key` names the segment it is, or would be, the definition
    of: its manual adds and removes count, and what is built on it may not be referred to. `viewer`
    is who wrote it: segments that do not exist for them may not be referred to either.

    Raises DefinitionError with pointers into the definition (`/where/all/0`): whatever is unknown,
    missing, a circle, or `too_expensive` when it takes longer than `seconds` (the budget's) or more
    than the budget of an estimate; NoDataYet before the
    first load; ScanFailed when the stored data cannot be read."""
    budget = estimate_budget()
    deadline = Deadline(budget.seconds if seconds is None else seconds)
    photo = newest_photo()
    check_words(definition, key=key, viewer=viewer)
    name = key or PROPOSED
    segments = gather([name], proposed={name: definition}).inputs
    answers = Answers(kept=ANSWERS, photo=identity_of(photo), now=now)
    with borrowed(photo, budget) as tables, deadline.held(tables.connection):
        counted = engine.estimate(
            segments,
            name,
            tables,
            now=now,
            labels=labels,
            should_stop=deadline.has_passed,
            answers=answers,
            seconds=deadline.seconds,
        )
    return Estimate(
        size=len(counted.members),
        population=counted.population,
        nodes=counted.nodes,
        now=now,
        photo=photo.pk,
        data_as_of=photo.created_at,
        milliseconds=(deadline.seconds - deadline.left) * 1000,
        members=counted.members,
        subject=counted.subject,
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
