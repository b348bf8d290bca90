"""Members for people to read: who is in a segment, and who entered and left in a period. How many
is for everybody, who for those who may see people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from pyroaring import BitMap

from catalogue.membership.entering import entered_at
from catalogue.membership.moves import Moves, left_at, moves_between
from catalogue.models import MembershipVersion
from catalogue.permissions import Actor, check_can_see_people
from catalogue.published.members import Member
from catalogue.published.people import Audience, Purpose, people, values_of, withheld_of
from catalogue.published.versions import PublishedVersion, as_of, version, version_rows
from catalogue.warehouse.ordinals import ids_of

Way = Literal["entered", "left"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """From `before`, the version that held when it began (None: nobody was counted by then), to
    `after`, the one that held at its end. `entered` and `left` count who is in one and not in the
    other: those who came and went in between are not counted."""

    before: PublishedVersion | None
    after: PublishedVersion
    entered: int
    left: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """Some members: `since` is when they entered, or of those who left when they did. `last` is the
    place of the last one here, None when there are no more; `withheld` of them all are not shown.
    """

    members: tuple[Member, ...]
    last: int | None
    withheld: int


def members_roster(
    about: PublishedVersion,
    *,
    viewer: Actor,
    after: int = -1,
    size: int,
    traits: Sequence[str] = (),
) -> Roster:
    """The next `size` members after the place `after`, with the values that `traits` had at the
    instant that the version describes. Raises PermissionDenied and DamagedVersion."""
    audience = people(about, purpose=Purpose.PAGE, viewer=viewer)
    chosen, last = _cut(audience.ordinals, after, size)
    since = entered_of(audience, chosen)
    values = audience.traits(traits, now=about.now, some=chosen) if traits else {}
    return Roster(
        members=tuple(
            Member(id=name, since=since.get(ordinal), traits=values.get(ordinal, {}))
            for ordinal, name in audience.ids(chosen)
        ),
        last=last,
        withheld=audience.withheld,
    )


def period_of(key: str, *, start: datetime, end: datetime) -> Period | None:
    """How many entered and left from `start` to `end`; None when nobody was counted by `end`.
    Raises DamagedVersion."""
    before, after = as_of(key, start), as_of(key, end)
    return None if after is None else _period(before, after)


def period_between(key: str, before: int, after: int) -> Period | None:
    """The same between two membership versions; 0 is before the first. None when one of them does
    not exist, or the second is no later one. Raises DamagedVersion."""
    first, last = version(key, before) if before else None, version(key, after)
    if last is None or (before and first is None) or before > after:
        return None
    return _period(first, last)


def moved_roster(
    period: Period,
    way: Way,
    *,
    viewer: Actor,
    after: int = -1,
    size: int,
    traits: Sequence[str] = (),
) -> Roster:
    """The next `size` of those who entered, or left, after the place `after`, with the values that
    `traits` had at the end of the period. Raises PermissionDenied and DamagedVersion."""
    found = _moves(period.before, period.after)
    check_can_see_people(viewer, found.after.segment)
    everybody = found.entered if way == "entered" else found.left
    subject = period.after.subject
    withheld = withheld_of(everybody, Purpose.PAGE, subject)
    allowed = everybody - withheld
    chosen, last = _cut(allowed, after, size)
    times = _times(found, way, chosen)
    values = values_of(period.after, chosen, traits, now=period.after.now) if traits else {}
    return Roster(
        members=tuple(
            Member(id=name, since=times.get(ordinal), traits=values.get(ordinal, {}))
            for ordinal, name in ids_of(chosen, subject)
        ),
        last=last,
        withheld=len(withheld),
    )


def _cut(ordinals: BitMap, after: int, size: int) -> tuple[BitMap, int | None]:
    """The next `size` after a place, and the place of the last of them if more follow."""
    start = ordinals.rank(after) if after >= 0 else 0
    chosen = BitMap(ordinals[start : start + size])
    return chosen, max(chosen) if start + size < len(ordinals) else None


def _period(before: PublishedVersion | None, after: PublishedVersion) -> Period:
    found = _moves(before, after)
    return Period(before=before, after=after, entered=len(found.entered), left=len(found.left))


def _moves(before: PublishedVersion | None, after: PublishedVersion) -> Moves:
    return moves_between(None if before is None else _row(before), _row(after))


def _row(about: PublishedVersion) -> MembershipVersion:
    return version_rows().get(segment__key=about.key, number=about.membership_version)


def entered_of(audience: Audience, some: BitMap) -> dict[int, datetime]:
    """When some of an audience last entered, by ordinal."""
    row = _row(audience.version)
    return entered_at(row.segment_id, row.number, some & audience.ordinals)


def _times(found: Moves, way: Way, chosen: BitMap) -> dict[int, datetime]:
    if way == "left":
        return dict(left_at(found, chosen))
    return entered_at(found.after.segment_id, found.after.number, chosen)
