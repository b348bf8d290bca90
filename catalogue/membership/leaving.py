"""Who will leave a segment by the clock alone. Reads, and writes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from pyroaring import BitMap

from catalogue.definitions.errors import Code, refuse
from catalogue.definitions.nodes import Subject
from catalogue.definitions.places import ROOT
from catalogue.engine.inputs import ScanFailed as ScanFailed
from catalogue.engine.inputs import SegmentInput, Stopped
from catalogue.engine.leaving import members_at
from catalogue.membership.estimating import newest_photo
from catalogue.membership.gathering import gather
from catalogue.membership.versions import members_of
from catalogue.models import MembershipVersion, Segment, Status
from catalogue.segments.refusals import SegmentRefused
from catalogue.segments.subjects import held_in
from catalogue.warehouse import photos
from catalogue.warehouse.budgets import estimate_budget
from catalogue.warehouse.deadline import Deadline
from catalogue.warehouse.tables import Tables

MOST_DAYS = 31
ASSUMPTION = (
    "By the clock alone: as if nothing more were said or done, and nobody edited the definition."
    " Judged once a day, at this time of day."
)
TOO_LONG = (
    "foretelling it took longer than {seconds:g} seconds; ask for fewer days, or narrow the"
    " windows of its definition"
)


class NothingToForetell(SegmentRefused):
    """Nobody is known to be in the segment, so nobody can leave it; the message is for people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """Those who are first out as of `at`, `number` times 24 hours after now. `left`: how many are
    left then."""

    number: int
    at: datetime
    leavers: BitMap = field(repr=False)
    left: int

    @property
    def count(self) -> int:
        """How many leave."""
        return len(self.leavers)


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaving:
    """Who leaves the membership version `version` of a segment, which describes `version_now` and
    holds `size`, within days after `now`; judged on the data loaded up to `data_as_of` (photo
    `photo`), as ASSUMPTION says. `due`: members who are out as of now already, whom the next
    refresh will take out; they are in no day. Somebody who would leave and come back counts on the
    day they leave first."""

    key: str
    subject: Subject
    version: int
    version_now: datetime
    size: int
    now: datetime
    photo: int
    data_as_of: datetime
    due: BitMap = field(repr=False)
    days: tuple[Day, ...]

    @property
    def count(self) -> int:
        """How many leave in all, without those who are due."""
        return sum(day.count for day in self.days)

    def row(self) -> dict[str, object]:
        """The numbers, as programs read them."""
        return {
            "segment": self.key,
            "subject": self.subject,
            "membership_version": self.version,
            "size": self.size,
            "due": len(self.due),
            "leaving": self.count,
            "days": [
                {"day": day.number, "as_of": day.at, "leaving": day.count, "left": day.left}
                for day in self.days
            ],
            "data_as_of": self.data_as_of,
            "assumption": ASSUMPTION,
        }


def leaving(segment: Segment, *, now: datetime, days: int, seconds: float | None = None) -> Leaving:
    """Judge the segment's newest members at `now` and once a day for 1 to MOST_DAYS days after it.

    Raises NothingToForetell when it was never refreshed or is archived, DefinitionError when it
    cannot be judged any more, or is `too_expensive`: it takes longer than `seconds` (the budget's)
    or more than an estimate may;
    DamagedVersion, NoDataYet and ScanFailed."""
    version = _version(segment)
    photo, members = newest_photo(), members_of(version)
    instants = [now + timedelta(days=day) for day in range(days + 1)]
    budget = estimate_budget()
    limit = budget.seconds if seconds is None else seconds
    judged = _judged(segment.key, photos.open_photo(photo, budget=budget), instants, limit)
    left = members & next(judged)
    return Leaving(
        key=segment.key,
        subject=held_in(version),
        version=version.number,
        version_now=version.now,
        size=version.size,
        now=now,
        photo=photo.pk,
        data_as_of=photo.created_at,
        due=members - left,
        days=tuple(_days(left, instants[1:], judged)),
    )


def _version(segment: Segment) -> MembershipVersion:
    if segment.status == Status.ARCHIVED:
        raise NothingToForetell(f"“{segment.name}” is archived: nobody is in it any more.")
    newest = MembershipVersion.objects.filter(segment=segment).select_related("segment")
    version = newest.order_by("-number").first()
    if version is None:
        raise NothingToForetell(
            f"“{segment.name}” was never refreshed, so nobody knows yet who is in it. Refresh it"
            " first."
        )
    return version


def _judged(key: str, tables: Tables, instants: list[datetime], seconds: float) -> Iterator[BitMap]:
    gathered, deadline = gather([key]), Deadline(seconds)
    if key in gathered.refused:
        raise gathered.refused[key]
    segments: dict[str, SegmentInput] = gathered.inputs
    try:
        with deadline.held(tables.connection):
            yield from members_at(
                segments, key, tables, instants=instants, should_stop=deadline.has_passed
            )
    except Stopped as stopped:
        raise refuse(Code.TOO_EXPENSIVE, TOO_LONG.format(seconds=seconds), ROOT) from stopped


def _days(left: BitMap, instants: list[datetime], judged: Iterator[BitMap]) -> Iterator[Day]:
    for number, (at, members) in enumerate(zip(instants, judged, strict=True), 1):
        leavers = left - members
        left = left - leavers
        yield Day(number=number, at=at, leavers=leavers, left=len(left))
