"""Who entered and who left, for a copy that keeps in step.

A reader who holds all that a full pull gave, or nothing, and applies every change in order, holds
in the end exactly what a full pull would give then. Versions never change and have no gaps, so
neither has the feed. Two things come on top of what versions say:

- Somebody deleted or suppressed is served nowhere from that moment on, though versions still hold
  them. So their entering is left out, and once all versions are read, the reader is told that they
  left; and of members whose suppression was lifted, that they entered. `told` names all whom the
  reader was told of, and whoever was told of others is told again: it may happen twice, never not
  at all.
- A version judged by another definition than the one before begins with a marker, so that a reader
  may choose to pull everything anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from pyroaring import BitMap

from catalogue.definitions.nodes import Subject
from catalogue.membership import changes
from catalogue.membership.versions import members_of
from catalogue.models import MembershipVersion, Segment
from catalogue.permissions import Actor, check_can_see_people
from catalogue.published.checksums import checksum_without
from catalogue.published.people import Purpose, withheld_of
from catalogue.published.telling import Reason, ToTell, times_of, to_tell
from catalogue.published.versions import PublishedVersion, published_version, version_rows
from catalogue.segments.subjects import held_in
from catalogue.warehouse import ordinals

Op = Literal["entered", "left", "definition_changed"]


class NothingPublished(Exception):
    """The segment was never refreshed, so there is nothing to be in step with."""


class PlaceExpired(Exception):
    """What happened since the place is not kept any more; begin with a full pull."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a reader is: `position` changes of `version` are read, and all versions before it.
    `told`: of whom it was told besides; `telling` and `up_to`: the set it is being told of, and how
    far. The beginning of everything is version 1, position 0."""

    version: int = 1
    position: int = 0
    told: str = ""
    telling: str = ""
    up_to: int = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One change. `id` is None of a marker, `definition` is only of a marker: before and after."""

    op: Op
    id: str | None
    at: datetime
    membership_version: int
    reason: Reason = ""
    definition: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """The next changes and where they end. `count` and `checksum` are of the newest `version`, and
    so of the reader's copy once `has_more` is false."""

    steps: tuple[Step, ...]
    place: Place
    has_more: bool
    version: PublishedVersion
    count: int
    checksum: str


def place_after(version: PublishedVersion, told: str) -> Place:
    """The place of a reader who has just pulled all members of a version."""
    return Place(version=version.membership_version + 1, told=told)


def changes_after(
    segment: Segment, place: Place, *, viewer: Actor, limit: int, now: datetime, kept: timedelta
) -> Steps:
    """The next changes after a place, about `limit` of them. Raises PermissionDenied,
    NothingPublished, PlaceExpired when the reader is behind by more than `kept`, BadCursor for a
    place that is in the future, DamagedVersion."""
    check_can_see_people(viewer, segment)
    newest = version_rows().filter(segment=segment).order_by("-number").first()
    if newest is None:
        raise NothingPublished
    _check(segment, place, newest, now - kept)
    members = members_of(newest)
    telling = to_tell(members, held_in(newest))
    steps, there = _read(segment, place, newest, limit)
    if there.version > newest.number and len(steps) < limit:
        told, there = _tell(there, telling, newest, limit - len(steps))
        steps += told
    version = published_version(newest)
    assert version is not None  # noqa: S101 (a row was given)
    is_behind = there.version <= newest.number or there.told != telling.digest
    return Steps(
        steps=tuple(steps),
        place=there,
        has_more=is_behind,
        version=version,
        count=len(members) - len(telling.withheld),
        checksum=checksum_without(newest, telling.withheld),
    )


def _check(segment: Segment, place: Place, newest: MembershipVersion, earliest: datetime) -> None:
    if place.version > newest.number + 1:
        raise changes.BadCursor("The cursor names a version that does not exist.")
    rows = MembershipVersion.objects.filter(segment=segment, number=place.version)
    published_at = rows.values_list("published_at", flat=True).first()
    if published_at is not None and published_at < earliest:
        raise PlaceExpired


def _read(
    segment: Segment, place: Place, newest: MembershipVersion, limit: int
) -> tuple[list[Step], Place]:
    """What versions say, up to the newest one; who is withheld is not said to have entered."""
    start = changes.Cursor(
        segment=segment.key, membership_version=place.version, position=place.position
    )
    found = changes.changes_of(segment, after=start, limit=limit + 1)
    read = [one for one in found if one.membership_version <= newest.number][:limit]
    if len(read) == limit < len(found):
        last = read[-1].cursor
        there = replace(place, version=last.membership_version, position=last.position)
    else:
        there = replace(place, version=newest.number + 1, position=0)
    markers = _markers(segment, place, min(there.version, newest.number))
    return list(_steps(read, markers, held_in(newest))), there


def _steps(
    read: Iterable[changes.Change], markers: Mapping[int, Step], subject: Subject
) -> Iterator[Step]:
    """Changes with their ids, each version's marker before its first one."""
    changed = list(read)
    names = dict(ordinals.ids_of(BitMap([one.ordinal for one in changed]), subject))
    gone = withheld_of(BitMap(names), Purpose.API, subject)
    waiting = dict(markers)
    for one in changed:
        for number in [number for number in waiting if number <= one.membership_version]:
            yield waiting.pop(number)
        if one.ordinal in names and (one.kind == "left" or one.ordinal not in gone):
            yield Step(
                op=one.kind,
                id=names[one.ordinal],
                at=one.now,
                membership_version=one.membership_version,
            )
    yield from waiting.values()


def _markers(segment: Segment, place: Place, until: int) -> dict[int, Step]:
    """By version: that it was judged by another definition than the one before."""
    first = place.version if place.position == 0 else place.version + 1
    rows = MembershipVersion.objects.filter(
        segment=segment, number__gte=first - 1, number__lte=until
    )
    fields = ("number", "definition__number", "now")
    versions = list(rows.order_by("number").values_list(*fields))
    return {
        number: Step(
            op="definition_changed",
            id=None,
            at=now,
            membership_version=number,
            definition=(before[1], definition),
        )
        for before, (number, definition, now) in zip(versions, versions[1:], strict=False)
        if before[1] != definition
    }


def _tell(
    place: Place, telling: ToTell, newest: MembershipVersion, limit: int
) -> tuple[list[Step], Place]:
    """Tell what versions do not say, unless that was told."""
    digest, everybody = telling.digest, telling.everybody
    if place.told == digest:
        return [], place
    up_to = place.up_to if place.telling == digest else -1
    rest = BitMap(everybody[everybody.rank(up_to) if up_to >= 0 else 0 :])
    chosen = BitMap(rest[:limit])
    subject = held_in(newest)
    times = times_of(chosen, telling, subject)
    steps = [
        Step(
            op="left" if ordinal in telling.withheld else "entered",
            id=name,
            at=times.get(ordinal, newest.now),
            membership_version=newest.number,
            reason=telling.reason(ordinal),
        )
        for ordinal, name in ordinals.ids_of(chosen, subject)
    ]
    if len(rest) > limit:
        return steps, replace(place, telling=digest, up_to=max(chosen))
    return steps, replace(place, told=digest, telling="", up_to=-1)
